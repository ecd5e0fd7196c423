import { currencyExponent } from '@pulse/contract';
import { fraudRuleSets, type RuleSetStatus } from '@pulse/migrations/schema';
import { asc, eq, ne, sql } from 'drizzle-orm';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';

import type { RuleSetDefinition } from '../rule-set.ts';
import { shippedRuleSet, shippedRuleSetFor, shippedVersion } from '../shipped-rule-set.ts';
import { createExchangeTable } from '../../pricing/exchange.ts';
import type { Queryable } from '../../warehouse/connection.ts';
import { readState } from '../../warehouse/positions.ts';
import { readExchangeRates } from '../../rates/rate-queries.ts';

/** The versions that a batch is evaluated by, fixed when it is planned. */
export interface ChosenRuleSets {
  readonly ruleSetVersion: string;
  readonly shadowRuleSetVersion: string | null;
}

type StoredRuleSet = typeof fraudRuleSets.$inferSelect;

/** The source of sets that come with the program. */
const shippedSource = 'shipped';

/**
 * The sets that are live and shadow now. A warehouse without a live one takes the set that the program ships; so does one
 * whose live set was shipped with another release, or for another base currency. What somebody has imported stays live until
 * somebody changes it.
 * @throws RuleSetError where the shipped set's limits can not be converted into the base currency.
 */
export async function chooseRuleSets(db: NodePgDatabase): Promise<ChosenRuleSets> {
  const inForce = await db
    .select({
      ruleSetVersion: fraudRuleSets.ruleSetVersion,
      status: fraudRuleSets.status,
      source: fraudRuleSets.source,
    })
    .from(fraudRuleSets)
    .where(ne(fraudRuleSets.status, 'stored'));
  const live = inForce.find(({ status }) => status === 'live');
  const shadow = inForce.find(({ status }) => status === 'shadow')?.ruleSetVersion ?? null;
  const { baseCurrency } = await readState(db);
  if (live !== undefined && !isOutdated(live, baseCurrency)) {
    return { ruleSetVersion: live.ruleSetVersion, shadowRuleSetVersion: shadow };
  }
  const version = shippedVersion(baseCurrency);
  await db.transaction(async (tx) => {
    await lockRuleSets(tx);
    // What is stored under this version stays as it is: exchange rates have moved meanwhile.
    const isStored = (await findRuleSet(tx, version)) !== undefined;
    if (!isStored) await insertRuleSet(tx, version, await convertedShippedSet(tx, baseCurrency), shippedSource);
    await setRuleSetStatus(tx, version, 'live');
  });
  return { ruleSetVersion: version, shadowRuleSetVersion: shadow === version ? null : shadow };
}

/** The definition that a batch planned now would be evaluated by. Changes nothing. */
export async function readLiveRuleSet(db: Queryable): Promise<unknown> {
  const [live] = await db.select().from(fraudRuleSets).where(eq(fraudRuleSets.status, 'live'));
  const { baseCurrency } = await readState(db);
  if (live !== undefined && !isOutdated(live, baseCurrency)) return live.definition;
  const stored = await findRuleSet(db, shippedVersion(baseCurrency));
  return stored?.definition ?? convertedShippedSet(db, baseCurrency);
}

/** The shipped set with limits in the base currency, by the last exchange rate that is known. */
async function convertedShippedSet(db: Queryable, baseCurrency: string): Promise<RuleSetDefinition> {
  const [from, to] = [currencyExponent(shippedRuleSet.currency), currencyExponent(baseCurrency)];
  if (from === undefined || to === undefined) throw new Error(`the base currency ${baseCurrency} is no known currency`);
  const now = new Date();
  const today = now.toISOString().slice(0, 10);
  const rates = await readExchangeRates(db, baseCurrency, { first: today, last: today }, now);
  const rules = { baseCurrency, baseExponent: to, ageMaxDays: Infinity, rounding: 'half_even' } as const;
  const lookup = createExchangeTable(rates, rules).find(shippedRuleSet.currency, today);
  return shippedRuleSetFor(baseCurrency, { from, to }, lookup.kind === 'found' ? lookup.convert : undefined);
}

/** Shipped with another release than this one, or for another base currency. */
function isOutdated(
  { source, ruleSetVersion }: Pick<StoredRuleSet, 'source' | 'ruleSetVersion'>,
  baseCurrency: string,
): boolean {
  return source === shippedSource && ruleSetVersion !== shippedVersion(baseCurrency);
}

/** Keeps others from changing rule sets until the transaction ends. */
export async function lockRuleSets(tx: Queryable): Promise<void> {
  await tx.execute(sql`lock table fraud_rule_sets in share row exclusive mode`);
}

/** Stores a set that is not there yet. @returns whether it was new. */
export async function insertRuleSet(
  tx: Queryable,
  ruleSetVersion: string,
  definition: unknown,
  source: string,
): Promise<boolean> {
  const inserted = await tx
    .insert(fraudRuleSets)
    .values({ ruleSetVersion, definition, source, status: 'stored' })
    .onConflictDoNothing()
    .returning({ version: fraudRuleSets.ruleSetVersion });
  return inserted.length > 0;
}

/** Makes a set live or shadow, in the place of the one that was, or neither. */
export async function setRuleSetStatus(tx: Queryable, version: string, status: RuleSetStatus): Promise<void> {
  if (status !== 'stored') {
    await tx
      .update(fraudRuleSets)
      .set({ status: 'stored', statusChangedAt: sql`now()` })
      .where(sql`${fraudRuleSets.status} = ${status} and ${fraudRuleSets.ruleSetVersion} <> ${version}`);
  }
  await tx
    .update(fraudRuleSets)
    .set({ status, statusChangedAt: sql`now()` })
    .where(sql`${fraudRuleSets.ruleSetVersion} = ${version} and ${fraudRuleSets.status} <> ${status}`);
}

/** A stored set, or undefined. */
export async function findRuleSet(db: Queryable, version: string): Promise<StoredRuleSet | undefined> {
  const [found] = await db.select().from(fraudRuleSets).where(eq(fraudRuleSets.ruleSetVersion, version));
  return found;
}
/** All sets, oldest first. */
export async function listRuleSets(db: Queryable): Promise<StoredRuleSet[]> {
  return db.select().from(fraudRuleSets).orderBy(asc(fraudRuleSets.recordedAt), asc(fraudRuleSets.ruleSetVersion));
}

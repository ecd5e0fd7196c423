import { fraudRuleSets, type RuleSetStatus } from '@pulse/migrations/schema';
import { asc, eq, ne, sql } from 'drizzle-orm';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';

import { shippedRuleSet } from '../fraud/shipped-rule-set.ts';
import type { Queryable } from './connection.ts';

/** The versions that a batch is judged by, fixed when it is planned. */
export interface ChosenRuleSets {
  readonly ruleSetVersion: string;
  readonly shadowRuleSetVersion: string | null;
}

type StoredRuleSet = typeof fraudRuleSets.$inferSelect;

/** What the table says of sets that come with the program. */
const shippedSource = 'shipped';

/**
 * The sets that are live and shadow now. A warehouse without a live one takes the set that the program ships; so does one
 * whose live set was shipped with another release. What somebody has imported stays live until somebody changes it.
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
  const { version } = shippedRuleSet;
  if (live !== undefined && !isOutdated(live)) {
    return { ruleSetVersion: live.ruleSetVersion, shadowRuleSetVersion: shadow };
  }
  await db.transaction(async (tx) => {
    await lockRuleSets(tx);
    await insertRuleSet(tx, version, shippedRuleSet, shippedSource);
    await setRuleSetStatus(tx, version, 'live');
  });
  return { ruleSetVersion: version, shadowRuleSetVersion: shadow === version ? null : shadow };
}

/** The definition that a batch planned now would be judged by. Changes nothing. */
export async function readLiveRuleSet(db: Queryable): Promise<unknown> {
  const [live] = await db.select().from(fraudRuleSets).where(eq(fraudRuleSets.status, 'live'));
  return live === undefined || isOutdated(live) ? shippedRuleSet : live.definition;
}

/** Shipped with another release than this one. */
function isOutdated({ source, ruleSetVersion }: Pick<StoredRuleSet, 'source' | 'ruleSetVersion'>): boolean {
  return source === shippedSource && ruleSetVersion !== shippedRuleSet.version;
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

import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';

import type { RuleSetStatus } from '@pulse/migrations/schema';

import type { Context } from '../../program/context.ts';
import { UsageError } from '../../failures/errors.ts';
import { amountParametersOf, parseRuleSet, prepareRuleSet, RuleSetError, type RuleSetDefinition } from '../rule-set.ts';
import {
  chooseRuleSets,
  findRuleSet,
  insertRuleSet,
  listRuleSets,
  lockRuleSets,
  setRuleSetStatus,
} from './rule-set-queries.ts';
import { table } from '../../program/table.ts';

/** The stored rule sets, for people or machines. */
export async function ruleSetsText({ warehouse }: Context, json: boolean): Promise<string> {
  await chooseRuleSets(warehouse.db);
  const sets = await listRuleSets(warehouse.db);
  if (json) return JSON.stringify(sets.map((set) => ({ ...set, definition: undefined })));
  return table(
    ['version', 'status', 'source', 'stored at', 'status since'],
    sets.map((set) => [set.ruleSetVersion, set.status, set.source, set.recordedAt, set.statusChangedAt]),
  );
}

/** One rule set as JSON, in the order of a file: the table keeps none. */
export async function ruleSetText({ warehouse }: Context, version: string, json: boolean): Promise<string> {
  const found = await findRuleSet(warehouse.db, version);
  if (found === undefined) throw unknownVersion(version);
  return JSON.stringify(parseRuleSet(found.definition), null, json ? 0 : 2);
}

/** Checks a file and stores its rule set. A version that is stored with another content is refused. */
export async function importRuleSet(
  context: Context,
  file: string,
  status: RuleSetStatus,
  json: boolean,
): Promise<string> {
  const { warehouse } = context;
  const definition = await readRuleSetFile(context, file);
  const { version } = definition;
  const isNew = await warehouse.db.transaction(async (tx) => {
    await lockRuleSets(tx);
    const inserted = await insertRuleSet(tx, version, definition, file);
    const stored = await findRuleSet(tx, version);
    if (!isDeepStrictEqual(stored?.definition, definition)) {
      throw new UsageError(`${file}: version ${version} is stored with other rules: give these a version of their own`);
    }
    await setRuleSetStatus(tx, version, status);
    return inserted;
  });
  if (json) return JSON.stringify({ version, status, isNew });
  return `rule set ${version} ${isNew ? 'stored' : 'was stored already'}; ${statusText(status)}`;
}

/** Makes a stored set live or shadow, or neither. */
export async function useRuleSet(
  { warehouse }: Context,
  version: string,
  status: RuleSetStatus,
  json: boolean,
): Promise<string> {
  await warehouse.db.transaction(async (tx) => {
    await lockRuleSets(tx);
    const stored = await findRuleSet(tx, version);
    if (stored === undefined) throw unknownVersion(version);
    if (stored.status === 'live' && status !== 'live') {
      throw new UsageError(`rule set ${version} is live: make another one live instead`);
    }
    await setRuleSetStatus(tx, version, status);
  });
  return json ? JSON.stringify({ version, status }) : `rule set ${version}: ${statusText(status)}`;
}

/** Reads a rule set and tries it on. @throws UsageError naming the file and the error. */
export async function readRuleSetFile({ config }: Context, file: string): Promise<RuleSetDefinition> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new UsageError(file, { cause: error });
  });
  try {
    const definition = parseRuleSet(JSON.parse(text));
    requireCurrency(definition, config.rules.baseCurrency);
    prepareRuleSet(definition, config.rules.baseCurrency);
    return definition;
  } catch (error) {
    throw new UsageError(file, { cause: error });
  }
}

/** A limit without a currency would be taken for one in the base currency, whatever its writer meant. */
function requireCurrency({ currency, rules }: RuleSetDefinition, baseCurrency: string): void {
  const withAmounts = rules.filter(({ rule }) => amountParametersOf(rule).length > 0).map(({ rule }) => rule);
  if (currency !== undefined || withAmounts.length === 0) return;
  throw new RuleSetError(
    `currency is missing: name the one that the limits of ${withAmounts.join(', ')} are in, as "currency": "${baseCurrency}"`,
  );
}

function statusText(status: RuleSetStatus): string {
  return status === 'stored' ? 'no batch uses it' : `it is ${status} for batches planned from now on`;
}

function unknownVersion(version: string): UsageError {
  return new UsageError(`no rule set ${version} is stored: see etl fraud rules list`);
}

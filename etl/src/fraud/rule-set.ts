import { currencyExponent, type CurrencyExponent } from '@pulse/contract';
import * as z from 'zod';

import { UsageError } from '../failures/errors.ts';
import { amountParameter } from './parameters.ts';
import type { Evaluate, FraudRule, Measure } from './rule.ts';
import * as rules from './rules/known-rules.ts';

/** A rule of a set, ready to evaluate transactions. */
interface PreparedRule {
  readonly id: string;
  readonly version: number;
  /** What a finding adds to the score. */
  readonly weight: number;
  readonly evaluate: Evaluate;
  readonly measure: Measure;
}

/** A rule set, ready to evaluate transactions. */
export interface PreparedRuleSet {
  readonly version: string;
  /** From these scores on. */
  readonly reviewScore: number;
  readonly blockScore: number;
  readonly rules: readonly PreparedRule[];
}

/** A rule set is not as it must be; the message names where and what. */
export class RuleSetError extends UsageError {}

const score = z.number().int().min(1).max(100);

const definition = z
  .strictObject({
    version: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,49}$/, 'expected letters, digits, dots, dashes, at most 50'),
    /** What the set is about, for people. */
    description: z.string().optional(),
    /** ISO 4217 code of the amounts in parameters. Absent in sets of older releases: there it is the base currency. */
    currency: z
      .string()
      .refine((code) => currencyExponent(code) !== undefined, 'expected an ISO 4217 code, as USD')
      .optional(),
    reviewScore: score,
    blockScore: score,
    rules: z
      .array(
        z.strictObject({
          rule: z.string(),
          version: z.number().int().min(1),
          weight: z.number().int().min(0).max(100),
          parameters: z.record(z.string(), z.unknown()),
        }),
      )
      .min(1),
  })
  .refine(({ reviewScore, blockScore }) => reviewScore <= blockScore, {
    path: ['blockScore'],
    message: 'expected no less than reviewScore',
  });

/** A rule set as data: what a file holds, and the table fraud_rule_sets. */
export type RuleSetDefinition = z.output<typeof definition>;

type Prepare = (
  parameters: unknown,
  exponent: CurrencyExponent,
  path: string,
) => Pick<PreparedRule, 'evaluate' | 'measure'>;

interface KnownRule {
  readonly version: number;
  /** Names of its parameters that are amounts. */
  readonly amounts: readonly string[];
  readonly prepare: Prepare;
}

const knownRules: ReadonlyMap<string, KnownRule> = new Map(Object.values(rules).map((rule) => known(rule)));

/** Reads a rule set from JSON. @throws RuleSetError naming every error of its form. */
export function parseRuleSet(json: unknown): RuleSetDefinition {
  const parsed = definition.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new RuleSetError(describeIssues(parsed.error, ''));
}

/** Names of a rule's parameters that are amounts in the set's currency; none for a rule that is not known. */
export function amountParametersOf(rule: string): readonly string[] {
  return knownRules.get(rule)?.amounts ?? [];
}

/**
 * Prepares a rule set for amounts in the base currency (ISO 4217).
 * @throws RuleSetError for limits in another currency, a rule that is not known, or parameters that it can not have.
 */
export function prepareRuleSet(set: RuleSetDefinition, baseCurrency: string): PreparedRuleSet {
  const baseExponent = currencyExponent(baseCurrency);
  if (baseExponent === undefined) throw new RuleSetError(`the base currency ${baseCurrency} is no known currency`);
  if (set.currency !== undefined && set.currency !== baseCurrency) {
    throw new RuleSetError(
      `currency: limits are in ${set.currency}, but amounts are compared in the base currency ${baseCurrency}: ` +
        `write the limits in ${baseCurrency}`,
    );
  }
  const seen = new Set<string>();
  const prepared = set.rules.map(({ rule: id, version, weight, parameters }, index) => {
    const path = `rules.${index}`;
    const rule = knownRules.get(id);
    if (rule === undefined) {
      throw new RuleSetError(`${path}.rule: ${id} is none of ${[...knownRules.keys()].join(', ')}`);
    }
    if (rule.version !== version) {
      throw new RuleSetError(`${path}.version: ${id} has version ${rule.version} here, not ${version}`);
    }
    if (seen.has(id)) throw new RuleSetError(`${path}.rule: ${id} stands in the set twice`);
    seen.add(id);
    return { id, version, weight, ...rule.prepare(parameters, baseExponent, `${path}.parameters`) };
  });
  const { version, reviewScore, blockScore } = set;
  return { version, reviewScore, blockScore, rules: prepared };
}

function known(rule: FraudRule<unknown>): [string, KnownRule] {
  const prepare: Prepare = (parameters, exponent, path) => {
    const parsed = rule.parameters.safeParse(parameters);
    if (!parsed.success) throw new RuleSetError(describeIssues(parsed.error, path));
    try {
      return { evaluate: rule.prepare(parsed.data, exponent), measure: rule.measure(parsed.data, exponent) };
    } catch (error) {
      if (error instanceof RangeError) throw new RuleSetError(`${path}: ${error.message}`, { cause: error });
      throw error;
    }
  };
  const amounts = Object.keys(rule.parameters.shape).filter((name) => rule.parameters.shape[name] === amountParameter);
  return [rule.id, { version: rule.version, amounts, prepare }];
}

function describeIssues(error: z.ZodError, path: string): string {
  const lines = error.issues.map((issue) => {
    const where = [path, ...issue.path.map(String)].filter((part) => part !== '').join('.');
    return where === '' ? issue.message : `${where}: ${issue.message}`;
  });
  return lines.join('; ');
}

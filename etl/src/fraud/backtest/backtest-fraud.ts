import { currencyExponent } from '@pulse/contract';

import { requireBaseCurrency } from '../../pricing/base-currency.ts';
import type { Context } from '../../program/context.ts';
import { UsageError } from '../../failures/errors.ts';
import { HistoryReplay } from '../replay-history.ts';
import { parseRuleSet, prepareRuleSet } from '../rule-set.ts';
import { withFraudHistory, type HistorySpan } from '../fraud-history-queries.ts';
import { BacktestTally, type ChangedSales, type RuleResult, type SetResult } from './backtest-tally.ts';
import { readRuleSetFile } from '../rule-sets/rule-sets.ts';

export interface Backtest extends HistorySpan {
  readonly baseCurrency: string;
  readonly sales: number;
  readonly days: number;
  /** Sales of the span that labels name as fraud. */
  readonly fraudulent: number;
  /** Earlier and other sales of the same customers: they count as history only. */
  readonly remembered: number;
  /** Transactions to which the live set, as it is now, gives another result than when they were loaded. */
  readonly rejudged: number;
  readonly live: SetResult;
  readonly draft: SetResult;
  readonly newlyFlagged: ChangedSales;
  readonly noLongerFlagged: ChangedSales;
  readonly rules: readonly RuleResult[];
}

/**
 * Evaluates the stored transactions of a span again, by the live rule set and by a draft, each with all that its customer had done before
 * it, and compares. Reads one snapshot and changes nothing.
 * @throws UsageError naming what is wrong with the draft, and where.
 */
export async function backtestFraud(context: Context, file: string, span: HistorySpan): Promise<Backtest> {
  const { since, until } = span;
  if (until !== null && since >= until) throw new UsageError('--since lies after --until: nothing is between them');
  const definition = await readRuleSetFile(context, file);
  return withFraudHistory(context.warehouse, span, async (history) => {
    const { baseCurrency, evaluatedCount } = history;
    requireBaseCurrency(baseCurrency, context.config.rules.baseCurrency);
    const exponent = currencyExponent(baseCurrency) ?? 2;
    const live = prepareRuleSet(parseRuleSet(history.liveRuleSet), baseCurrency);
    const draft = prepareRuleSet(definition, baseCurrency);
    const replay = new HistoryReplay(live, draft, history.listPeriods);
    const tally = new BacktestTally();
    let remembered = 0;
    for await (const portion of history.transactions(exponent)) {
      for (const stored of portion) {
        const results = replay.take(stored);
        if (results === undefined) remembered += 1;
        else tally.add(stored, results);
      }
      context.onProgress('backtest', tally.saleCount, evaluatedCount);
    }
    return {
      ...span,
      baseCurrency,
      sales: tally.saleCount,
      days: tally.dayCount,
      fraudulent: tally.fraudulentCount,
      remembered,
      rejudged: tally.rejudgedCount,
      live: tally.resultOf('live', live.version),
      draft: tally.resultOf('draft', draft.version),
      newlyFlagged: tally.newlyFlagged.result(exponent),
      noLongerFlagged: tally.noLongerFlagged.result(exponent),
      rules: tally.rules(),
    };
  });
}

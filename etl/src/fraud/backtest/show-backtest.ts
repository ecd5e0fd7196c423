import type { Backtest } from './backtest-fraud.ts';
import type { ChangedSales, SetResult } from './backtest-tally.ts';
import { daysText, rateText, ratioText } from '../quality/fraud-quality.ts';
import { table, timeText, type Cell } from '../../program/table.ts';

/** The backtest as tables for a terminal. */
export function showBacktest(backtest: Backtest): string {
  const { since, until, sales, days, fraudulent, remembered, rejudged } = backtest;
  const span = `since ${timeText(since)}${until === null ? '' : ` before ${timeText(until)}`} UTC, on ${daysText(days)}`;
  const parts = [`${sales} sales ${span}; ${remembered} others of their customers remembered`];
  if (sales === 0) return parts.join('\n');
  if (rejudged > 0) parts.push(`the live set now gives ${rejudged} of them another result than when they were loaded`);
  parts.push(
    comparison(backtest),
    fraudulent > 0
      ? `${fraudulent} of the sales are known as fraud`
      : 'no sale is known as fraud: etl fraud evaluate reads the labels',
    rulesTable(backtest),
    changedText('newly flagged', backtest.newlyFlagged, backtest),
    changedText('no longer flagged', backtest.noLongerFlagged, backtest),
  );
  return parts.join('\n');
}

function comparison({ live, draft, fraudulent }: Backtest): string {
  const row = (
    name: string,
    of: (set: SetResult) => number | null,
    text: (value: number) => string = String,
  ): Cell[] => {
    const before = of(live) ?? undefined;
    const after = of(draft) ?? undefined;
    if (before === undefined || after === undefined) return [name, maybe(before, text), maybe(after, text), '–'];
    const difference = text(after - before);
    return [name, text(before), text(after), after > before ? `+${difference}` : difference];
  };
  const rows = [
    row('flagged', ({ flagged }) => flagged),
    row('  review', ({ review }) => review),
    row('  block', ({ block }) => block),
    row('alerts a day', ({ alertsPerDay }) => alertsPerDay, rateText),
  ];
  if (fraudulent > 0) {
    rows.push(
      row('precision', ({ precision }) => precision, ratioText),
      row('recall', ({ recall }) => recall, ratioText),
      row('F1', ({ f1 }) => f1, ratioText),
    );
  }
  return table(['', `live ${live.version}`, `draft ${draft.version}`, 'difference'], rows);
}

function rulesTable({ rules }: Backtest): string {
  return table(
    ['rule', 'live found', 'live flagged', 'draft found', 'draft flagged'],
    rules.map(({ rule, live, draft }) => [rule, live.found, live.flagged, draft.found, draft.flagged]),
  );
}

function changedText(what: string, { count, fraudulent, examples }: ChangedSales, { baseCurrency }: Backtest): string {
  const known = fraudulent > 0 ? `, ${fraudulent} of them known as fraud` : '';
  const title = `${what}: ${count}${known}`;
  if (count === 0) return title;
  return [
    count > examples.length ? `${title}; the greatest:` : title,
    table(
      ['order', 'customer', 'time', baseCurrency, 'decision', 'score', 'rules', 'known as'],
      examples.map((sale) => [
        sale.orderId,
        sale.customerId,
        sale.transactionTimestamp,
        sale.amountBase,
        sale.decision,
        sale.score,
        sale.rules.join('\n'),
        sale.pattern,
      ]),
    ),
  ].join('\n');
}

function maybe(value: number | undefined, text: (value: number) => string): string {
  return value === undefined ? '–' : text(value);
}

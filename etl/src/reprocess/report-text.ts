import { table } from '../program/table.ts';
import type { ReprocessReport } from './reprocess.ts';

/** The report as text for a terminal. */
export function reprocessText(report: ReprocessReport): string {
  const { differences, dry_run: isDryRun, base_currency: base } = report;
  const parts: string[] = [];
  if (differences.length > 0) {
    parts.push(
      table(
        ['currency', 'transactions', 'tax', `amount in ${base}`, `tax in ${base}`],
        differences.map((one) => [
          one.currency,
          one.revisedCount,
          one.taxDifference,
          one.amountBaseDifference,
          one.taxBaseDifference,
        ]),
      ),
    );
  }
  const unresolved = Object.entries(report.unresolved).map(([reason, count]) => `${count} ${reason}`);
  if (unresolved.length > 0) parts.push(`unchanged because a rate is missing: ${unresolved.join(', ')}`);
  const verb = isDryRun ? 'would revise' : 'revised';
  parts.push(`${verb} ${report.revised} of ${report.read} transactions${idText(report.reprocess_id)}`);
  return parts.join('\n');
}

function idText(id: string | null): string {
  return id === null ? '' : ` (${id})`;
}

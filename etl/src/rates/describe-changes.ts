import type { Changes, Dated } from './plan-changes.ts';

/** What an import did, or would do. */
export interface ChangeReport {
  readonly dry_run: boolean;
  readonly added: number;
  readonly superseded: number;
  readonly unchanged: number;
  /** Days before today are concerned: what is loaded keeps its figures until it is computed again. */
  readonly changes_past: boolean;
  /** Currencies of the file that no longer exist. */
  readonly left_out?: readonly string[];
  /** Rows that go out of force and rows that are added, the first ones. */
  readonly diff: readonly string[];
}

const diffLinesMax = 200;

export function describeChanges<Item extends Dated>(
  { superseded, added, unchangedCount }: Changes<Item>,
  options: { readonly isDryRun: boolean; readonly today: string; readonly describe: (item: Item) => string },
): ChangeReport {
  const lines = [
    ...superseded.map(({ item }) => ({ sign: '-', item })),
    ...added.map((item) => ({ sign: '+', item })),
  ].map(({ sign, item }) => ({ sign, item, text: options.describe(item) }));
  // Rows of one scope stand together: descriptions begin with it.
  lines.sort((a, b) => compare(scopeOf(a.text), scopeOf(b.text)) || compare(b.sign, a.sign));
  return {
    dry_run: options.isDryRun,
    added: added.length,
    superseded: superseded.length,
    unchanged: unchangedCount,
    changes_past: added.some(({ validFrom }) => validFrom < options.today),
    diff: lines.slice(0, diffLinesMax).map(({ sign, text }) => `${sign} ${text}`),
  };
}

/** The report in lines for people. */
export function changeText(report: ChangeReport): string {
  const { added, superseded, unchanged, diff, dry_run: isDryRun, changes_past: changesPast } = report;
  const hidden = added + superseded - diff.length;
  return [
    ...diff,
    ...(hidden > 0 ? [`… and ${hidden} more`] : []),
    ...(report.left_out?.length ? [`left out, for they no longer exist: ${report.left_out.join(', ')}`] : []),
    `${isDryRun ? 'would add' : 'added'} ${added}, ${isDryRun ? 'supersede' : 'superseded'} ${superseded}, unchanged ${unchanged}`,
    ...(changesPast && added > 0
      ? ['days before today are concerned: sales that are loaded keep their figures until `etl reprocess --from --to`']
      : []),
  ].join('\n');
}

function scopeOf(text: string): string {
  return text.slice(0, text.indexOf(' '));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

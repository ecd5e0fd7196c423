import { CsvError, parse } from 'csv-parse/sync';

import { UsageError } from '../failures/errors.ts';
import { readTextFile } from './read-text-file.ts';

/** One line of a file, with its number as editors count. */
export interface CsvLine {
  readonly line: number;
  readonly cells: readonly string[];
}

/** What is wrong with a line. */
export interface LineError {
  readonly line: number;
  readonly error: string;
}

/**
 * Reads a CSV file: RFC 4180, or as Excel writes it where the comma is the decimal mark, with semicolons or tabs between
 * values; then numbers come back with a point. Alone or in a zip. Empty lines are left out, cells trimmed.
 * @throws UsageError for what is no such file, and for numbers that can be read in two ways.
 */
export function readCsv(path: string): readonly CsvLine[] {
  const { text, delimiter, linesBefore } = withoutSeparatorLine(readTextFile(path));
  const lines = parseLines(path, text, delimiter).map(({ line, cells }) => ({ line: line + linesBefore, cells }));
  return delimiter === ',' ? lines : withPoints(path, lines);
}

function parseLines(path: string, text: string, delimiter: string): CsvLine[] {
  try {
    const lines: CsvLine[] = [];
    parse(text, {
      bom: true,
      delimiter,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: delimiter !== '\t',
      onRecord: (cells: string[], { lines: line }) => {
        lines.push({ line, cells: cells.map((cell) => cell.trim()) });
        return null;
      },
    });
    return lines;
  } catch (error) {
    if (error instanceof CsvError) throw new UsageError(`${path} is no CSV file: ${error.message}`, { cause: error });
    throw error;
  }
}

interface Delimited {
  readonly text: string;
  readonly delimiter: string;
  /** Lines that were taken off. */
  readonly linesBefore: number;
}

/** Excel's own first line, "sep=;", names the delimiter; else the header shows it. */
function withoutSeparatorLine(text: string): Delimited {
  const named = /^\uFEFF?"?sep=([,;\t])"?\r?\n/i.exec(text);
  if (named?.[1] !== undefined) return { text: text.slice(named[0].length), delimiter: named[1], linesBefore: 1 };
  const header = /^\s*(.*)/.exec(text)?.[1]?.replaceAll(/"[^"]*"/g, '') ?? '';
  const count = (delimiter: string): number => header.split(delimiter).length;
  const delimiter = [';', '\t'].find((candidate) => count(candidate) > count(',')) ?? ',';
  return { text, delimiter, linesBefore: 0 };
}

const withDecimalComma = /^-?\d+(\.\d{3})*,\d+$/;
const twoReadings = /^-?\d{1,3}(\.\d{3})+$/;

/** Numbers with decimal commas as others write them. Beside such ones, 1.234 may be more than a thousand or hardly one. */
function withPoints(path: string, lines: readonly CsvLine[]): readonly CsvLine[] {
  if (!lines.some(({ cells }) => cells.some((cell) => withDecimalComma.test(cell)))) return lines;
  const errors = lines.flatMap(({ line, cells }) =>
    cells
      .filter((cell) => twoReadings.test(cell))
      .map((cell) => ({
        line,
        error: `${cell} can be read in two ways beside decimal commas: write it without points`,
      })),
  );
  requireNoErrors(path, errors);
  return lines.map(({ line, cells }) => ({ line, cells: cells.map(pointed) }));
}

function pointed(cell: string): string {
  return withDecimalComma.test(cell) ? cell.replaceAll('.', '').replace(',', '.') : cell;
}

/** @throws UsageError naming every wrong line, so that nothing of the file is used. */
export function requireNoErrors(path: string, errors: readonly LineError[]): void {
  if (errors.length === 0) return;
  const shown = errors
    .toSorted((a, b) => a.line - b.line)
    .slice(0, errorsShown)
    .map(({ line, error }) => `line ${line}: ${error}`);
  const more = errors.length > errorsShown ? [`and ${errors.length - errorsShown} more`] : [];
  throw new UsageError(`${path}: nothing was imported\n${[...shown, ...more].map((text) => `  ${text}`).join('\n')}`);
}

const errorsShown = 50;

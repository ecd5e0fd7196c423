import { readFileSync } from 'node:fs';

import { CsvError, parse } from 'csv-parse/sync';

import { isMissingFile, UsageError } from '../errors.ts';

/** One line of a file, with its number as editors count. */
export interface CsvLine {
  readonly line: number;
  readonly cells: readonly string[];
}

/** What is wrong with a line. */
export interface LineFault {
  readonly line: number;
  readonly fault: string;
}

/** Reads a CSV file (RFC 4180, UTF-8 with or without a byte order mark). Empty lines are left out, cells trimmed. */
export function readCsv(path: string): readonly CsvLine[] {
  const text = textOf(path);
  try {
    const lines: CsvLine[] = [];
    parse(text, {
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      onRecord: (cells: string[], { lines: line }) => {
        lines.push({ line, cells });
        return null;
      },
    });
    return lines;
  } catch (error) {
    if (error instanceof CsvError) throw new UsageError(`${path} is no CSV file: ${error.message}`, { cause: error });
    throw error;
  }
}

/** @throws UsageError naming every faulty line, so that nothing of the file is used. */
export function requireNoFaults(path: string, faults: readonly LineFault[]): void {
  if (faults.length === 0) return;
  const shown = faults
    .toSorted((a, b) => a.line - b.line)
    .slice(0, faultsShown)
    .map(({ line, fault }) => `line ${line}: ${fault}`);
  const more = faults.length > faultsShown ? [`and ${faults.length - faultsShown} more`] : [];
  throw new UsageError(`${path}: nothing was imported\n${[...shown, ...more].map((text) => `  ${text}`).join('\n')}`);
}

const faultsShown = 50;

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isMissingFile(error)) throw new UsageError(`there is no file ${path}`, { cause: error });
    throw new UsageError(`${path} can not be read: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

import { currencyExponent, dayAfter, parseDay } from '@pulse/contract';

import { clashErrors, type OnLine } from './clash-errors.ts';
import { exchangeScope, errorOfRate, type ExchangeFile, type PublishedRate } from './published-rate.ts';
import type { CsvLine, LineError } from './read-csv.ts';

/** Columns of SDMX CSV, as the API of the European Central Bank's Data Portal answers (`format=csvdata`), that are read. */
const columns = ['FREQ', 'CURRENCY', 'CURRENCY_DENOM', 'EXR_TYPE', 'TIME_PERIOD', 'OBS_VALUE'] as const;

/** Whether a header is that of exchange rates as SDMX CSV. */
export function isStatisticalHeader({ cells }: CsvLine): boolean {
  return columns.every((column) => cells.includes(column));
}

/**
 * Reads daily reference rates from SDMX CSV: a rate a line, OBS_VALUE units of CURRENCY for one of CURRENCY_DENOM on the day
 * TIME_PERIOD. Series by month or year, and others than spot rates (SP00), are refused: they are averages.
 */
export function parseStatisticalRates(header: CsvLine, body: readonly CsvLine[], fileName: string): ExchangeFile {
  const errors: LineError[] = [];
  const read: OnLine<PublishedRate>[] = [];
  const leftOut = new Set<string>();
  for (const { line, cells } of body) {
    const cell = (column: (typeof columns)[number]): string => cells[header.cells.indexOf(column)] ?? '';
    const rate = cell('OBS_VALUE');
    if (rate === '' || rate === 'NaN') continue;
    const found = faultsOf(cell);
    errors.push(...found.map((error) => ({ line, error })));
    const [base, quote] = [cell('CURRENCY_DENOM'), cell('CURRENCY')];
    const isKnown = [base, quote].every((code) => currencyExponent(code) !== undefined);
    if (!isKnown) leftOut.add(quote);
    if (found.length > 0 || !isKnown) continue;
    const validFrom = cell('TIME_PERIOD');
    const source = `European Central Bank, ${fileName}`;
    read.push({ line, item: { base, quote, rate, validFrom, validTo: dayAfter(validFrom), source } });
  }
  errors.push(...clashErrors(read, exchangeScope));
  return { items: read.map(({ item }) => item), errors, leftOut: [...leftOut] };
}

function faultsOf(cell: (column: (typeof columns)[number]) => string): string[] {
  const [frequency, type, period] = [cell('FREQ'), cell('EXR_TYPE'), cell('TIME_PERIOD')];
  if (frequency !== 'D') return [`FREQ ${frequency}: expected daily rates (D); the others are averages`];
  if (type !== 'SP00') return [`EXR_TYPE ${type}: expected reference rates (SP00)`];
  const errors = parseDay(period) === undefined ? [`TIME_PERIOD ${JSON.stringify(period)} is no day`] : [];
  const rateError = errorOfRate(cell('OBS_VALUE'));
  return rateError === undefined ? errors : [...errors, rateError];
}

import { currencyExponent, dayAfter, parseDay } from '@pulse/contract';

import { clashErrors, type OnLine } from './clash-errors.ts';
import { isStatisticalHeader, parseStatisticalRates } from './parse-statistical-rates.ts';
import { exchangeScope, errorOfRate, type ExchangeFile, type PublishedRate } from './published-rate.ts';
import type { CsvLine, LineError } from './read-csv.ts';

const longHeader = ['base', 'quote', 'rate', 'valid_from', 'valid_to', 'source'];

/**
 * Reads exchange rates in one of three layouts, and finds every error in every line.
 * The European Central Bank's (eurofxref.csv and eurofxref-hist.csv): Date, then a currency a column, each value the units
 * for one euro on that day, N/A where there is none. SDMX CSV, as the bank's API answers. And one rate a line:
 * base,quote,rate,valid_from,valid_to,source.
 * @param fileName - Names the source of rates in the bank's layouts.
 */
export function parseExchangeRates(lines: readonly CsvLine[], fileName: string): ExchangeFile {
  const [header, ...body] = lines;
  if (header === undefined) return failed(1, 'the file is empty');
  if (body.length === 0) return failed(header.line, 'no rate follows the header');
  if (header.cells[0] === 'Date') return parseCentralBank(header, body, fileName);
  if (isStatisticalHeader(header)) return parseStatisticalRates(header, body, fileName);
  if (header.cells.join() === longHeader.join()) return parseLong(body);
  return failed(
    header.line,
    `wrong header ${JSON.stringify(header.cells.join())}: expected "Date, USD, …" or SDMX CSV as the European Central Bank has them, ` +
      `or ${longHeader.join()}`,
  );
}

function failed(line: number, error: string): ExchangeFile {
  return { items: [], errors: [{ line, error }], leftOut: [] };
}

const centralBankBase = 'EUR';

function parseCentralBank(header: CsvLine, body: readonly CsvLine[], fileName: string): ExchangeFile {
  const errors: LineError[] = [];
  const [, ...named] = header.cells;
  const currencies = withoutTrailingEmpty(named);
  for (const [index, currency] of currencies.entries()) {
    if (!isCurrency(currency) && !isWithdrawn(currency)) {
      errors.push({ line: header.line, error: `unknown currency ${JSON.stringify(currency)}` });
    } else if (currencies.indexOf(currency) !== index) {
      errors.push({ line: header.line, error: `the currency ${currency} stands there twice` });
    }
  }
  const items: PublishedRate[] = [];
  const days = new DayOrder();
  for (const { line, cells } of body) {
    const [date = '', ...values] = cells;
    const day = centralBankDay(date);
    if (day === undefined) {
      errors.push({
        line,
        error: `${JSON.stringify(date)} is no day: expected 2026-11-20, 20.11.2026 or 20 November 2026`,
      });
      continue;
    }
    const dayError = days.errorOf(day);
    if (dayError !== undefined) errors.push({ line, error: dayError });
    const rates = withoutTrailingEmpty(values);
    if (rates.length > currencies.length) {
      errors.push({ line, error: `${rates.length} rates under ${currencies.length} currencies` });
    }
    for (const [index, quote] of currencies.entries()) {
      const rate = rates[index] ?? '';
      if (rate === '' || rate === 'N/A') continue;
      const error = errorOfRate(rate);
      if (error !== undefined) errors.push({ line, error: `${quote}: ${error}` });
      if (error !== undefined || !isCurrency(quote)) continue;
      const source = `European Central Bank, ${fileName}`;
      items.push({ base: centralBankBase, quote, rate, validFrom: day, validTo: dayAfter(day), source });
    }
  }
  return { items, errors, leftOut: currencies.filter((code) => !isCurrency(code) && isWithdrawn(code)) };
}

/** Days of a file have to go one way, each once. */
class DayOrder {
  #last: string | undefined;
  #isRising: boolean | undefined;

  errorOf(day: string): string | undefined {
    const last = this.#last;
    this.#last = day;
    if (last === undefined) return undefined;
    if (day === last) return `duplicate of the line before: ${day}`;
    const isRising = day > last;
    this.#isRising ??= isRising;
    return isRising === this.#isRising ? undefined : `dates out of order: ${day} after ${last}`;
  }
}

function parseLong(body: readonly CsvLine[]): ExchangeFile {
  const errors: LineError[] = [];
  const read: OnLine<PublishedRate>[] = [];
  for (const { line, cells } of body) {
    const found = faultsOfLong(cells);
    errors.push(...found.map((error) => ({ line, error })));
    if (found.length > 0) continue;
    const [base = '', quote = '', rate = '', validFrom = '', end = '', source = ''] = cells;
    const validTo = end === '' ? dayAfter(validFrom) : end;
    read.push({ line, item: { base, quote, rate, validFrom, validTo, source } });
  }
  errors.push(...clashErrors(read, exchangeScope));
  return { items: read.map(({ item }) => item), errors, leftOut: [] };
}

function faultsOfLong(cells: readonly string[]): string[] {
  if (cells.length !== longHeader.length) return [`${cells.length} values under ${longHeader.length} columns`];
  const [base = '', quote = '', rate = '', validFrom = '', validTo = '', source = ''] = cells;
  const errors = [base, quote]
    .filter((currency) => !isCurrency(currency))
    .map((currency) => `unknown currency ${JSON.stringify(currency)}`);
  if (base === quote) errors.push(`${base} against itself`);
  const rateError = errorOfRate(rate);
  if (rateError !== undefined) errors.push(rateError);
  for (const [column, text] of [
    ['valid_from', validFrom],
    ['valid_to', validTo],
  ] as const) {
    const isLeftOut = column === 'valid_to' && text === '';
    if (!isLeftOut && parseDay(text) === undefined) errors.push(`${column} ${JSON.stringify(text)} is no day`);
  }
  if (validTo !== '' && validTo <= validFrom) {
    errors.push(`dates out of order: valid_to ${validTo} is not after valid_from ${validFrom}`);
  }
  if (source === '') errors.push('source is empty: name where the rate comes from');
  return errors;
}

const months = 'January February March April May June July August September October November December'.split(' ');

/** 2026-11-20 in the file of all days, 20 November 2026 in that of one, 20.11.2026 after some Excel. Slashes are ambiguous. */
function centralBankDay(text: string): string | undefined {
  const [, dotted, dottedMonth, dottedYear] = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(text) ?? [];
  if (dotted !== undefined && dottedMonth !== undefined && dottedYear !== undefined) {
    return parseDay(`${dottedYear}-${dottedMonth.padStart(2, '0')}-${dotted.padStart(2, '0')}`);
  }
  const [, day, month, year] = /^(\d{1,2}) ([A-Z][a-z]+) (\d{4})$/.exec(text) ?? [];
  if (day === undefined || month === undefined || year === undefined) return parseDay(text);
  const number = months.indexOf(month) + 1;
  return parseDay(`${year}-${String(number).padStart(2, '0')}-${day.padStart(2, '0')}`);
}

function isCurrency(code: string): boolean {
  return currencyExponent(code) !== undefined;
}

/** A currency that was given up before 1999: ICU still knows its name. */
function isWithdrawn(code: string): boolean {
  if (!/^[A-Z]{3}$/.test(code)) return false;
  return new Intl.DisplayNames('en', { type: 'currency', fallback: 'none' }).of(code) !== undefined;
}

/** Every line of the bank's files ends with a comma. */
function withoutTrailingEmpty(cells: readonly string[]): readonly string[] {
  return cells.at(-1) === '' ? cells.slice(0, -1) : cells;
}

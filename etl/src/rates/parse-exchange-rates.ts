import { currencyExponent, dayAfter, parseDay } from '@pulse/contract';

import { clashFaults, type OnLine } from './clash-faults.ts';
import { isStatisticalHeader, parseStatisticalRates } from './parse-statistical-rates.ts';
import { exchangeScope, faultOfRate, type ExchangeFile, type PublishedRate } from './published-rate.ts';
import type { CsvLine, LineFault } from './read-csv.ts';

const longHeader = ['base', 'quote', 'rate', 'valid_from', 'valid_to', 'source'];

/**
 * Reads exchange rates in one of three layouts, and finds every fault of every line.
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

function failed(line: number, fault: string): ExchangeFile {
  return { items: [], faults: [{ line, fault }], leftOut: [] };
}

const centralBankBase = 'EUR';

function parseCentralBank(header: CsvLine, body: readonly CsvLine[], fileName: string): ExchangeFile {
  const faults: LineFault[] = [];
  const [, ...named] = header.cells;
  const currencies = withoutTrailingEmpty(named);
  for (const [index, currency] of currencies.entries()) {
    if (!isCurrency(currency) && !isWithdrawn(currency)) {
      faults.push({ line: header.line, fault: `unknown currency ${JSON.stringify(currency)}` });
    } else if (currencies.indexOf(currency) !== index) {
      faults.push({ line: header.line, fault: `the currency ${currency} stands there twice` });
    }
  }
  const items: PublishedRate[] = [];
  const days = new DayOrder();
  for (const { line, cells } of body) {
    const [date = '', ...values] = cells;
    const day = centralBankDay(date);
    if (day === undefined) {
      faults.push({
        line,
        fault: `${JSON.stringify(date)} is no day: expected 2026-11-20, 20.11.2026 or 20 November 2026`,
      });
      continue;
    }
    const dayFault = days.faultOf(day);
    if (dayFault !== undefined) faults.push({ line, fault: dayFault });
    const rates = withoutTrailingEmpty(values);
    if (rates.length > currencies.length) {
      faults.push({ line, fault: `${rates.length} rates under ${currencies.length} currencies` });
    }
    for (const [index, quote] of currencies.entries()) {
      const rate = rates[index] ?? '';
      if (rate === '' || rate === 'N/A') continue;
      const fault = faultOfRate(rate);
      if (fault !== undefined) faults.push({ line, fault: `${quote}: ${fault}` });
      if (fault !== undefined || !isCurrency(quote)) continue;
      const source = `European Central Bank, ${fileName}`;
      items.push({ base: centralBankBase, quote, rate, validFrom: day, validTo: dayAfter(day), source });
    }
  }
  return { items, faults, leftOut: currencies.filter((code) => !isCurrency(code) && isWithdrawn(code)) };
}

/** Days of a file have to go one way, each once. */
class DayOrder {
  #last: string | undefined;
  #isRising: boolean | undefined;

  faultOf(day: string): string | undefined {
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
  const faults: LineFault[] = [];
  const read: OnLine<PublishedRate>[] = [];
  for (const { line, cells } of body) {
    const found = faultsOfLong(cells);
    faults.push(...found.map((fault) => ({ line, fault })));
    if (found.length > 0) continue;
    const [base = '', quote = '', rate = '', validFrom = '', end = '', source = ''] = cells;
    const validTo = end === '' ? dayAfter(validFrom) : end;
    read.push({ line, item: { base, quote, rate, validFrom, validTo, source } });
  }
  faults.push(...clashFaults(read, exchangeScope));
  return { items: read.map(({ item }) => item), faults, leftOut: [] };
}

function faultsOfLong(cells: readonly string[]): string[] {
  if (cells.length !== longHeader.length) return [`${cells.length} values under ${longHeader.length} columns`];
  const [base = '', quote = '', rate = '', validFrom = '', validTo = '', source = ''] = cells;
  const faults = [base, quote]
    .filter((currency) => !isCurrency(currency))
    .map((currency) => `unknown currency ${JSON.stringify(currency)}`);
  if (base === quote) faults.push(`${base} against itself`);
  const rateFault = faultOfRate(rate);
  if (rateFault !== undefined) faults.push(rateFault);
  for (const [column, text] of [
    ['valid_from', validFrom],
    ['valid_to', validTo],
  ] as const) {
    const isLeftOut = column === 'valid_to' && text === '';
    if (!isLeftOut && parseDay(text) === undefined) faults.push(`${column} ${JSON.stringify(text)} is no day`);
  }
  if (validTo !== '' && validTo <= validFrom) {
    faults.push(`dates out of order: valid_to ${validTo} is not after valid_from ${validFrom}`);
  }
  if (source === '') faults.push('source is empty: say where the rate comes from');
  return faults;
}

const months = 'January February March April May June July August September October November December'.split(' ');

/** 2026-11-20 in the file of all days, 20 November 2026 in that of one, 20.11.2026 after some Excel. Slashes say too little. */
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

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { parseExchangeRates } from './parse-exchange-rates.ts';
import { readCsv } from './read-csv.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pulse-rates-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function fileOf(content: string | Uint8Array): Promise<string> {
  const path = join(folder, 'rates.csv');
  await writeFile(path, content);
  return path;
}

async function ratesOf(content: string | Uint8Array) {
  const { items, errors } = parseExchangeRates(readCsv(await fileOf(content)), 'rates.csv');
  return errors.length > 0 ? errors : items.map(({ quote, rate, validFrom }) => [quote, rate, validFrom]);
}

const asPublished = 'Date,USD,JPY,\n2026-11-20,1.0884,1234.56,\n2026-11-19,1.0881,N/A,\n';
const expected = [
  ['USD', '1.0884', '2026-11-20'],
  ['JPY', '1234.56', '2026-11-20'],
  ['USD', '1.0881', '2026-11-19'],
];
const tabs = 'Date\tUSD\tJPY\n20.11.2026\t1,0884\t1.234,56\n19.11.2026\t1,0881\tN/A\n';
const statistical = [
  'KEY,FREQ,CURRENCY,CURRENCY_DENOM,EXR_TYPE,EXR_SUFFIX,TIME_PERIOD,OBS_VALUE,OBS_STATUS,TITLE',
  'EXR.D.USD.EUR.SP00.A,D,USD,EUR,SP00,A,2026-11-20,1.0884,A,"US dollar, daily"',
  'EXR.D.JPY.EUR.SP00.A,D,JPY,EUR,SP00,A,2026-11-20,1234.56,A,Yen',
  'EXR.D.USD.EUR.SP00.A,D,USD,EUR,SP00,A,2026-11-19,1.0881,A,',
  'EXR.D.JPY.EUR.SP00.A,D,JPY,EUR,SP00,A,2026-11-19,,H,',
  '',
];

describe('the rates of the European Central Bank are read', () => {
  test.each<[string, string | Uint8Array]>([
    ['as published', asPublished],
    ['from the zip as published', zipSync({ 'eurofxref-hist.csv': strToU8(asPublished) })],
    ['from a gzip', gzipSync(asPublished)],
    ['with a byte order mark', `\uFEFF${asPublished}`],
    ['from an Excel copy', 'Date;USD;JPY\r\n2026-11-20;1,0884;1.234,56\r\n2026-11-19;1,0881;N/A\r\n'],
    [
      'from an Excel copy that names its delimiter',
      'sep=;\r\nDate;USD;JPY\r\n2026-11-20;1.0884;1234.56\r\n2026-11-19;1.0881;\r\n',
    ],
    ['from text with tabs as Excel writes it', Buffer.from(`\uFEFF${tabs}`, 'utf16le')],
    ['from SDMX CSV', statistical.join('\r\n')],
  ])('%s', async (_, content) => {
    expect(await ratesOf(content)).toEqual(expected);
  });

  test('in tax rules a decimal comma is read, too', async () => {
    expect(readCsv(await fileOf('country;rate;source\nDE;0,19;a law, 2021\n'))).toEqual([
      { line: 1, cells: ['country', 'rate', 'source'] },
      { line: 2, cells: ['DE', '0.19', 'a law, 2021'] },
    ]);
  });
});

describe('what can not be read is named:', () => {
  const workbook = zipSync({ '[Content_Types].xml': strToU8('<Types/>'), 'xl/workbook.xml': strToU8('<workbook/>') });
  test.each<[string, string | Uint8Array, string]>([
    [
      'a zip of several tables',
      zipSync({ 'a.csv': strToU8('a'), 'b.csv': strToU8('b') }),
      'zip with a.csv, b.csv in it',
    ],
    [
      'a zip without a table',
      zipSync({ 'readme.md': strToU8('a') }),
      'zip with readme.md in it: expected one CSV file',
    ],
    ['an Excel workbook', workbook, 'an Excel workbook: save it as CSV'],
    ['an old Excel workbook', Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'an Excel workbook: save it as CSV'],
    [
      'a spreadsheet',
      zipSync({ mimetype: strToU8('application/vnd.oasis.opendocument.spreadsheet') }),
      'a spreadsheet',
    ],
    ['half of a zip', zipSync({ 'a.csv': strToU8(asPublished) }).subarray(0, 60), 'a damaged archive'],
    ['half of a gzip', gzipSync(asPublished).subarray(0, 40), 'a damaged archive'],
    ['XML', '<?xml version="1.0"?><gesmes:Envelope/>', 'XML: the same rates come as CSV'],
    ['a web page', '<!DOCTYPE html><html></html>', 'a web page'],
    ['JSON', '{"rates": {}}', 'JSON'],
    ['a PDF', '%PDF-1.7', 'a PDF'],
    ['another encoding', Buffer.from('country,source\nDE,Bundesanzeiger f\u00fcr', 'latin1'), 'no text in UTF-8'],
    [
      'a number with two readings',
      'Date;USD;IDR\n2026-11-20;1,0884;17.234\n',
      'line 2: 17.234 can be read in two ways',
    ],
  ])('%s', async (_, content, message) => {
    const path = await fileOf(content);
    expect(() => readCsv(path)).toThrow(message);
  });

  test('averages of a month, a day with slashes, another header', async () => {
    const monthly = statistical.map((line) => line.replace(',D,', ',M,').replace(/2026-11-\d\d/, '2026-11'));
    expect(await ratesOf(monthly.join('\n'))).toContainEqual({
      line: 2,
      error: 'FREQ M: expected daily rates (D); the others are averages',
    });
    expect(await ratesOf('Date;USD\n20/11/2026;1,0884\n')).toEqual([
      { line: 2, error: '"20/11/2026" is no day: expected 2026-11-20, 20.11.2026 or 20 November 2026' },
    ]);
    expect(await ratesOf('Datum;USD\n2026-11-20;1,0884\n')).toEqual([
      { line: 1, error: expect.stringContaining('wrong header "Datum,USD": expected') },
    ]);
  });
});

/**
 * Writes iso-4217.json: currency codes with their decimals and the days on which they were legal tender.
 *
 *   pip download --no-deps iso4217==1.16.20260101 && unzip iso4217-*.whl
 *   npm pack cldr-core@48.2.0 && tar xzf cldr-core-48.2.0.tgz
 *   echo 'Currency.getAvailableCurrencies().forEach(c -> System.out.println(c + " " + c.getDefaultFractionDigits()))' |
 *     jshell -s - > decimals.txt
 *   node src/generate-iso-4217.ts iso4217/table.xml package/supplemental/currencyData.json decimals.txt \
 *     'iso4217 1.16.20260101 (PyPI), cldr-core 48.2.0 (npm), java.util.Currency of 17.0.15'
 *
 * The first is ISO's list of active codes, from a PyPI package: a code on it has no last day. The second is Unicode's
 * supplemental data: the days on which each currency was tender. The third has ISO 4217's decimals of withdrawn codes, because
 * Unicode's decimals are those of cash. Codes that ended before 1999 are left out.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';

import * as z from 'zod';

const historicSince = '1999-01-01';

/** Corrections: Unicode's data have no day, or end before the last day on which old and new currency were both tender. */
const corrections: Readonly<Record<string, { readonly from?: string; readonly to?: string }>> = {
  // Both were tender until then: the changeover plans of Slovakia, Estonia, Latvia and Lithuania.
  SKK: { to: '2009-01-16' },
  EEK: { to: '2011-01-14' },
  LVL: { to: '2014-01-14' },
  LTL: { to: '2015-01-15' },
  // ISO 4217, amendment 170.
  VED: { from: '2021-10-01' },
  // Statutory Instrument 60 of 2024, before ISO had a code for it.
  ZWG: { from: '2024-04-05' },
};

const day = z.iso.date();
const unicodeData = z.object({
  supplemental: z.object({
    currencyData: z.object({
      region: z.record(
        z.string(),
        z.array(
          z.record(
            z.string(),
            z.object({ _from: day.optional(), _to: day.optional(), _tender: z.literal('false').optional() }),
          ),
        ),
      ),
    }),
  }),
});

/** The days of one code in one country; null for an open end or an unknown start. */
interface Span {
  readonly from: string | null;
  readonly to: string | null;
}

const [, , listFile, unicodeFile, decimalsFile, source] = process.argv;
if (listFile === undefined || unicodeFile === undefined || decimalsFile === undefined || source === undefined) {
  throw new Error('usage: node src/generate-iso-4217.ts TABLE_XML CURRENCY_DATA_JSON DECIMALS_TXT SOURCE');
}
const xml = readFileSync(listFile, 'utf8');
const published = /Pblshd="([\d-]+)"/.exec(xml)?.[1];
const entries = [...xml.matchAll(/<Ccy>(\w{3})<\/Ccy>[^]*?<CcyMnrUnts>([^<]+)<\/CcyMnrUnts>/g)];
if (published === undefined || entries.length === 0) throw new Error(`${listFile} is not ISO's list of currencies`);
const spans = readSpans(unicodeFile);

const listed = new Map(entries.map(([, code = '', units]) => [code, units]));
const active = [...listed]
  .filter(([, units]) => units !== 'N.A.')
  .map(([code, units]) => [code, { decimals: Number(units), from: firstDay(code), to: null }] as const);
const historic = readDecimals(decimalsFile)
  .filter(([code, decimals]) => decimals >= 0 && !listed.has(code) && (lastDay(code) ?? '') >= historicSince)
  .map(([code, decimals]) => [code, { decimals, from: firstDay(code), to: lastDay(code) }] as const);
const currencies = Object.fromEntries([...active, ...historic].toSorted(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(
  new URL('iso-4217.json', import.meta.url),
  `${JSON.stringify({ source, published, currencies }, null, 2)}\n`,
);

/** The spans of each code in all countries; only those as tender if there are any. */
function readSpans(file: string): ReadonlyMap<string, readonly Span[]> {
  const { region } = unicodeData.parse(JSON.parse(readFileSync(file, 'utf8'))).supplemental.currencyData;
  const all = Object.values(region).flatMap((list) => list.flatMap((item) => Object.entries(item)));
  return new Map(
    [...Map.groupBy(all, ([code]) => code)].map(([code, found]) => {
      const tender = found.filter(([, { _tender }]) => _tender === undefined);
      const counting = tender.length === 0 ? found : tender;
      return [code, counting.map(([, { _from = null, _to = null }]) => ({ from: _from, to: _to }))];
    }),
  );
}

function readDecimals(file: string): [string, number][] {
  return [...readFileSync(file, 'utf8').matchAll(/^([A-Z]{3}) (-?\d)$/gm)].map(([, code = '', digits]) => [
    code,
    Number(digits),
  ]);
}

function firstDay(code: string): string | null {
  const days = (spans.get(code) ?? []).map(({ from }) => from).filter((from) => from !== null);
  return corrections[code]?.from ?? inOrder(days).at(0) ?? null;
}

function lastDay(code: string): string | null {
  const days = (spans.get(code) ?? []).map(({ to }) => to);
  return (
    corrections[code]?.to ?? (days.includes(null) ? null : (inOrder(days.filter((to) => to !== null)).at(-1) ?? null))
  );
}

function inOrder(days: readonly string[]): string[] {
  return days.toSorted((a, b) => (a < b ? -1 : 1));
}

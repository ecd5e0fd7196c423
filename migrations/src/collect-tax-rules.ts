/** The parts of sales_tax_rates.json of the npm package sales-tax that are used here. */
export type WorldRates = Readonly<Record<string, WorldRate>>;

interface WorldRate {
  readonly rate: number;
  readonly type: string;
  /** Earlier rates, each under the moment at which it ended. */
  readonly before?: Readonly<Record<string, { readonly rate: number }>>;
}

/** The parts of eu_vat_rates_data.json of the PyPI package eu-vat-rates-data that are used here; rates in per cent. */
export interface EuropeRates {
  readonly version: string;
  readonly rates: Readonly<Record<string, EuropeRate>>;
}

interface EuropeRate {
  readonly eu_member: boolean;
  readonly standard: number;
  readonly reduced: readonly number[];
  readonly super_reduced: number | null;
}

/** One row for tax_rates. */
export interface TaxRule {
  readonly country: string;
  readonly productCategory: string;
  /** A fraction, as "0.19". */
  readonly rate: string;
  /** As 2020-07-01; valid to the day before `validTo`, null without end. */
  readonly validFrom: string;
  readonly validTo: string | null;
  readonly source: string;
}

/** The package names only the present rate of most countries, not since when it holds. */
const sinceUnknown = '2015-01-01';

/** Codes of the sources that ISO 3166-1 does not have, and the country whose flat rate is not theirs. */
const leftOut = new Set(['XI', 'XK', 'US']);

/** What both packages have wrong, or one of them; nothing at hand confirms these either. */
const amended: Readonly<Record<string, { readonly rate: number; readonly why: string }>> = {
  BH: { rate: 0.1, why: 'sales-tax still has 5 %, in force until 2021' },
  KW: { rate: 0, why: 'sales-tax has 5 %, but no VAT is in force' },
  TH: { rate: 0.07, why: 'sales-tax has 10 %, but the reduction to 7 % was prolonged' },
};

/** Where the moment of a change in sales-tax lies on the wrong day. */
const changeDays: Readonly<Record<string, string>> = { 'RO 2025-08-01T21:00:00.000Z': '2025-08-01' };

interface ReducedRate {
  readonly country: string;
  /** In per cent; has to be one of the country's levels in eu-vat-rates-data. */
  readonly percent: number;
  readonly categories: readonly string[];
  /** Earlier levels, each with the day on which it ended, oldest first. */
  readonly before?: readonly (readonly [validTo: string, percent: number])[];
}

const reducedRates: readonly ReducedRate[] = [
  { country: 'AT', percent: 10, categories: ['books', 'food'] },
  { country: 'BE', percent: 6, categories: ['books', 'food'] },
  // The reduced rate rose together with the standard one.
  { country: 'CH', percent: 2.6, categories: ['books', 'food'], before: [['2024-01-01', 2.5]] },
  // Lowered together with the standard rate for the second half of 2020.
  {
    country: 'DE',
    percent: 7,
    categories: ['books', 'food'],
    before: [
      ['2020-07-01', 7],
      ['2021-01-01', 5],
    ],
  },
  { country: 'ES', percent: 4, categories: ['books'] },
  { country: 'FR', percent: 5.5, categories: ['books', 'food'] },
  { country: 'IT', percent: 4, categories: ['books'] },
  { country: 'NL', percent: 9, categories: ['books', 'food'] },
  { country: 'PL', percent: 5, categories: ['books', 'food'] },
  { country: 'SE', percent: 6, categories: ['books'] },
];

/**
 * Tax rules of every country that the two packages know, sorted. Where they disagree on a present rate, the European
 * Commission's word counts for its members; a rate that only one of them has, or that they do not agree on, is marked.
 * @param worldVersion - Version of sales-tax, and the day it was released.
 */
export function collectTaxRules(world: WorldRates, worldVersion: string, europe: EuropeRates): readonly TaxRule[] {
  const countries = [...new Set([...Object.keys(world), ...Object.keys(europe.rates)])];
  const standard = countries
    .filter((country) => !leftOut.has(country))
    .flatMap((country) => standardRules(country, world[country], worldVersion, europe));
  const reduced = reducedRates.flatMap((rate) => reducedRules(rate, europe));
  return [...standard, ...reduced].toSorted(compareRules);
}

function standardRules(
  country: string,
  world: WorldRate | undefined,
  worldVersion: string,
  europe: EuropeRates,
): TaxRule[] {
  const european = europe.rates[country];
  const present = presentRate(country, world, worldVersion, european, europe.version);
  const earlier = Object.entries(world?.before ?? {})
    .map(([endedAt, { rate }]) => ({ validTo: changeDay(country, endedAt), rate }))
    .toSorted((a, b) => (a.validTo < b.validTo ? -1 : 1));
  // A rate that was put right no longer has the history of the wrong one.
  const history = amended[country] === undefined ? earlier : [];
  const historySource = `sales-tax ${worldVersion}: history; unverified`;
  return chain(country, '*', [
    ...history.map(({ rate, validTo }) => ({ rate, validTo, source: historySource })),
    { ...present, validTo: null },
  ]);
}

function presentRate(
  country: string,
  world: WorldRate | undefined,
  worldVersion: string,
  european: EuropeRate | undefined,
  europeVersion: string,
): { readonly rate: number; readonly source: string } {
  const amendment = amended[country];
  if (amendment !== undefined) return { rate: amendment.rate, source: `unverified: ${amendment.why}` };
  const fromWorld = `sales-tax ${worldVersion}`;
  if (european === undefined) {
    if (world === undefined) throw new Error(`no source has a rate for ${country}`);
    return { rate: world.rate, source: `${fromWorld}; unverified: no second source` };
  }
  const rate = fractionOf(european.standard);
  const origin = european.eu_member ? ', from the European Commission (TEDB)' : '';
  const fromEurope = `eu-vat-rates-data ${europeVersion}${origin}`;
  if (world?.rate === rate) return { rate, source: `${fromEurope}; sales-tax ${worldVersion} agrees` };
  if (european.eu_member) return { rate, source: fromEurope };
  return { rate, source: `${fromEurope}; unverified: no second source agrees` };
}

function reducedRules({ country, percent, categories, before = [] }: ReducedRate, europe: EuropeRates): TaxRule[] {
  const levels = europe.rates[country];
  if (levels === undefined || ![...levels.reduced, levels.super_reduced].includes(percent)) {
    throw new Error(`eu-vat-rates-data has no reduced rate of ${percent} % for ${country}`);
  }
  return categories.flatMap((category) =>
    chain(country, category, [
      ...before.map(([validTo, earlier]) => ({
        rate: fractionOf(earlier),
        validTo,
        source: 'unverified: no source at hand has this level or what it covers',
      })),
      {
        rate: fractionOf(percent),
        validTo: null,
        source: `eu-vat-rates-data ${europe.version} has the level; that it covers ${category} is unverified`,
      },
    ]),
  );
}

/** Rules that follow each other without a gap; the first one's start is not known. */
function chain(
  country: string,
  productCategory: string,
  steps: readonly { readonly rate: number; readonly validTo: string | null; readonly source: string }[],
): TaxRule[] {
  let validFrom = sinceUnknown;
  let sinceNote = ` (start not known, taken as ${sinceUnknown})`;
  return steps.map(({ rate, validTo, source }) => {
    const rule = {
      country,
      productCategory,
      rate: decimalText(rate),
      validFrom,
      validTo,
      source: `${source}${sinceNote}`,
    };
    validFrom = validTo ?? validFrom;
    sinceNote = '';
    return rule;
  });
}

const hoursAhead = 3;

/** sales-tax has midnight of a change in UTC as if it were 22:00 or 21:00 of the day before, everywhere. */
function changeDay(country: string, endedAt: string): string {
  const known = changeDays[`${country} ${endedAt}`];
  return known ?? new Date(Date.parse(endedAt) + hoursAhead * 3_600_000).toISOString().slice(0, 10);
}

function fractionOf(percent: number): number {
  return Math.round(percent * 1000) / 100_000;
}

/** Six decimals hold every rate of the packages; zeros at the end go. */
function decimalText(rate: number): string {
  return String(Number(rate.toFixed(6)));
}

function compareRules(a: TaxRule, b: TaxRule): number {
  const [left, right] = [a, b].map((rule) => `${rule.country} ${rule.productCategory} ${rule.validFrom}`);
  return String(left) < String(right) ? -1 : 1;
}

/**
 * Writes iso-4217.json from ISO's own list of currencies, as the PyPI package iso4217 carries it.
 *
 *   pip download --no-deps iso4217==1.16.20260101 && unzip iso4217-*.whl
 *   node src/generate-iso-4217.ts iso4217/table.xml 'iso4217 1.16.20260101 (PyPI)'
 *
 * A code that the new list no longer has stays readable, as withdrawn: older sales carry it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';

import known from './iso-4217.json' with { type: 'json' };

const [, , file, source] = process.argv;
if (file === undefined || source === undefined)
  throw new Error('usage: node src/generate-iso-4217.ts TABLE_XML SOURCE');
const xml = readFileSync(file, 'utf8');
const published = /Pblshd="([\d-]+)"/.exec(xml)?.[1];
const entries = [...xml.matchAll(/<Ccy>(\w{3})<\/Ccy>[^]*?<CcyMnrUnts>([^<]+)<\/CcyMnrUnts>/g)];
if (published === undefined || entries.length === 0) throw new Error(`${file} is not ISO's list of currencies`);

const listed = new Map(entries.map(([, code = '', units]) => [code, units]));
const active = sorted(
  [...listed].filter(([, units]) => units !== 'N.A.').map(([code, units]) => [code, Number(units)]),
);
const before: Readonly<Record<string, number>> = { ...known.withdrawn, ...known.active };
const withdrawn = sorted(Object.entries(before).filter(([code]) => !listed.has(code)));
const result = { source, published, active, withdrawn };
writeFileSync(new URL('iso-4217.json', import.meta.url), `${JSON.stringify(result, null, 2)}\n`);

function sorted(entriesOfCodes: readonly (readonly [string, number])[]): Readonly<Record<string, number>> {
  return Object.fromEntries(entriesOfCodes.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

import { expect, test } from 'vitest';

import { UsageError } from '../failures/errors.ts';
import type { TaxRule } from './parse-tax-rules.ts';
import { verifiedRules, type Verification } from './verify-tax-rules.ts';

const rule = (changes: Partial<TaxRule>): TaxRule => ({
  country: 'KZ',
  region: '*',
  productCategory: '*',
  rate: '0.120000',
  isInclusive: false,
  roundingMode: 'half_up',
  roundingIncrementMinor: 1,
  validFrom: '2015-01-01',
  validTo: '2026-01-01',
  source: 'somebody',
  isVerified: false,
  verifiedBy: null,
  verifiedReason: null,
  ...changes,
});

const inForce = [rule({}), rule({ rate: '0.16', validFrom: '2026-01-01', validTo: null }), rule({ country: 'KG' })].map(
  (item, id) => ({ id, item }),
);

const verification = (changes: Partial<Verification>): Verification => ({
  country: 'KZ',
  region: '*',
  productCategory: '*',
  rate: '0.12',
  from: undefined,
  to: undefined,
  source: 'Tax Code of 2017, article 422',
  reason: 'read by our accountant',
  by: 'aigul',
  ...changes,
});

test('a verified rule keeps rate and days, and says who verified it, why and by what', () => {
  expect(verifiedRules(inForce, verification({}))).toEqual([
    rule({
      source: 'Tax Code of 2017, article 422',
      isVerified: true,
      verifiedBy: 'aigul',
      verifiedReason: 'read by our accountant',
    }),
  ]);
});

const verifyWrongRate = (): unknown => verifiedRules(inForce, verification({ rate: '0.16', to: '2026-01-01' }));

test('only the days that are named become verified', () => {
  const [verified] = verifiedRules(inForce, verification({ from: '2018-01-01', to: '2020-01-01' }));
  expect(verified).toMatchObject({ validFrom: '2018-01-01', validTo: '2020-01-01' });
});

test('a rate that is not in force can not be verified, and the error names those that are', () => {
  expect(verifyWrongRate).toThrow(UsageError);
  expect(verifyWrongRate).toThrow(
    /KZ\/\*\/\* has a rate of 0.16 to before 2026-01-01.*in force are:\n.*0.12 unverified/s,
  );
});

test('a rule that is verified already is left as it is', () => {
  const known = rule({ isVerified: true, verifiedBy: 'aigul', verifiedReason: 'long ago' });
  expect(verifiedRules([{ id: 1, item: known }], verification({ by: 'somebody else' }))).toEqual([known]);
});

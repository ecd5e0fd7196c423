import { assert, date, property } from 'fast-check';
import { expect, test } from 'vitest';

import { sampleRates, type SampleRate } from './sample-rates.ts';

const aDay = date({ min: new Date('2020-01-01'), max: new Date('2035-12-31'), noInvalidDate: true }).map((moment) =>
  moment.toISOString().slice(0, 10),
);

test('a day has the same rates however long the span around it', () => {
  assert(
    property(aDay, (day) => {
      const alone = sampleRates(day, day).map(({ quote, rate }) => ({ quote, rate }));
      const nextWeek = new Date(Date.parse(day) + 7 * 86_400_000).toISOString().slice(0, 10);
      const within = sampleRates(day, nextWeek)
        .filter(({ validFrom }) => validFrom === day)
        .map(({ quote, rate }) => ({ quote, rate }));
      expect(within).toEqual(alone);
    }),
    { numRuns: 20 },
  );
});

test("each day's rate is for that day", () => {
  const euros = sampleRates('2026-02-27', '2026-03-01').filter(({ quote }) => quote === 'EUR');
  expect(euros.map(({ validFrom, validTo }) => [validFrom, validTo])).toEqual([
    ['2026-02-27', '2026-02-28'],
    ['2026-02-28', '2026-03-01'],
    ['2026-03-01', '2026-03-02'],
  ]);
});

test('rates stay plausible: within a tenth of their middle, with six significant digits', () => {
  const yen = sampleRates('2025-01-01', '2026-12-31').filter(({ quote }) => quote === 'JPY');
  expect(yen.filter(({ rate }) => Number(rate) < 134 || Number(rate) > 164 || !/^\d{3}\.\d{3}$/.test(rate))).toEqual(
    [],
  );
});

test('rates move from day to day, pegged ones do not', () => {
  const january = sampleRates('2026-01-01', '2026-01-31');
  expect([distinctRates(january, 'EUR') > 25, distinctRates(january, 'AED')]).toEqual([true, 1]);
});

function distinctRates(rates: readonly SampleRate[], quote: string): number {
  return new Set(rates.filter((rate) => rate.quote === quote).map(({ rate }) => rate)).size;
}

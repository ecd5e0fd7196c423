/** The currency that sample rates are quoted against. */
export const sampleBase = 'USD';

/** One made-up rate: from `validFrom` to the day before `validTo`, one unit of base is worth `rate` units of quote. */
export interface SampleRate {
  readonly quote: string;
  /** Decimal text with six significant digits. */
  readonly rate: string;
  /** As 2026-11-22, UTC. */
  readonly validFrom: string;
  readonly validTo: string;
}

/** A rate of each day from `firstDay` to `lastDay` (both as 2026-11-22) for each currency: always the same for a day. */
export function sampleRates(firstDay: string, lastDay: string): readonly SampleRate[] {
  const [first, last] = [dayNumber(firstDay), dayNumber(lastDay)];
  const days = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  return Object.entries(currencies).flatMap(([quote, currency]) =>
    days.map((day) => ({
      quote,
      rate: rateOn(day, quote, currency),
      validFrom: dayText(day),
      validTo: dayText(day + 1),
    })),
  );
}

interface Currency {
  /** Units for one USD, about which the rate moves. */
  readonly middle: number;
  /** How far the rate deviates from the middle, as a fraction of it; 0 for a pegged currency. */
  readonly swing: number;
}

const currencies: Readonly<Record<string, Currency>> = {
  AED: { middle: 3.6725, swing: 0 },
  AUD: { middle: 1.53, swing: 0.05 },
  BHD: { middle: 0.376, swing: 0 },
  BRL: { middle: 5.5, swing: 0.08 },
  CAD: { middle: 1.38, swing: 0.03 },
  CHF: { middle: 0.82, swing: 0.05 },
  CLP: { middle: 945, swing: 0.05 },
  CNY: { middle: 7.18, swing: 0.015 },
  CZK: { middle: 21.6, swing: 0.06 },
  DKK: { middle: 6.5, swing: 0.05 },
  EUR: { middle: 0.87, swing: 0.05 },
  GBP: { middle: 0.75, swing: 0.04 },
  HKD: { middle: 7.81, swing: 0.004 },
  HUF: { middle: 345, swing: 0.06 },
  IDR: { middle: 16_400, swing: 0.03 },
  ILS: { middle: 3.45, swing: 0.06 },
  INR: { middle: 87, swing: 0.025 },
  JPY: { middle: 149, swing: 0.05 },
  KRW: { middle: 1400, swing: 0.05 },
  KWD: { middle: 0.3065, swing: 0.005 },
  MXN: { middle: 18.8, swing: 0.06 },
  NOK: { middle: 10.2, swing: 0.06 },
  NZD: { middle: 1.7, swing: 0.05 },
  PLN: { middle: 3.7, swing: 0.06 },
  SAR: { middle: 3.75, swing: 0 },
  SEK: { middle: 9.6, swing: 0.06 },
  SGD: { middle: 1.3, swing: 0.025 },
  THB: { middle: 32.8, swing: 0.04 },
  TRY: { middle: 41, swing: 0.04 },
  ZAR: { middle: 17.7, swing: 0.06 },
};

/** Waves of a year, a season and a week, and a little of each day: how rates wander, from hashes alone. */
const waves = [
  { periodDays: 180, weight: 0.55 },
  { periodDays: 45, weight: 0.3 },
  { periodDays: 7, weight: 0.1 },
  { periodDays: 1, weight: 0.05 },
] as const;

function rateOn(day: number, quote: string, { middle, swing }: Currency): string {
  const wander = waves.reduce(
    (sum, { periodDays, weight }) => sum + weight * smoothNoise(`${quote}/${periodDays}`, day / periodDays),
    0,
  );
  return significantDigits(middle * (1 + swing * wander));
}

/** A smooth curve through a random value of -1 to 1 at each whole number. */
function smoothNoise(seed: string, position: number): number {
  const knot = Math.floor(position);
  const part = position - knot;
  const ease = part * part * (3 - 2 * part);
  return noise(seed, knot) * (1 - ease) + noise(seed, knot + 1) * ease;
}

/** A value of -1 to 1 that depends on its arguments only (FNV-1a, then mixed). */
function noise(seed: string, knot: number): number {
  let hash = 0x811c9dc5;
  for (const character of `${seed}/${knot}`) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x7fffffff - 1;
}

function significantDigits(rate: number): string {
  const wholeDigits = Math.max(0, Math.floor(Math.log10(rate)) + 1);
  return rate.toFixed(6 - wholeDigits);
}

const millisecondsPerDay = 86_400_000;

function dayNumber(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) / millisecondsPerDay;
}

function dayText(day: number): string {
  return new Date(day * millisecondsPerDay).toISOString().slice(0, 10);
}

import { currencyExponent } from './currency.ts';

/** Codes in common use that ISO 4217 does not have, and those that are not for amounts. */
const advice: Readonly<Record<string, string>> = {
  RMB: 'the renminbi is CNY',
  CNH: 'the renminbi is CNY',
  NTD: 'the New Taiwan dollar is TWD',
  UKP: 'the pound sterling is GBP',
  GBX: 'send pounds, GBP, not pence',
  ZAC: 'send rands, ZAR, not cents',
  XTS: 'it is for tests',
  XXX: 'it means no currency',
};

/** Metals, units of account and bonds. */
const uncounted = new Set(['XAG', 'XAU', 'XPD', 'XPT', 'XBA', 'XBB', 'XBC', 'XBD', 'XDR', 'XSU', 'XUA']);

/** What to send instead of a text that is not a currency; undefined if unknown. */
export function currencyAdvice(text: string): string | undefined {
  const code = text.trim().toUpperCase();
  if (currencyExponent(code) !== undefined) return `send ${code}`;
  if (uncounted.has(code)) return 'it has no minor units';
  return Object.hasOwn(advice, code) ? advice[code] : undefined;
}

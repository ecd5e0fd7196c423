import { currencyExponent } from './currency.ts';

/** Codes that the trade uses, and those of ISO 4217 that no money is counted in. */
const advice: Readonly<Record<string, string>> = {
  RMB: 'the renminbi is CNY',
  CNH: 'the renminbi is CNY',
  NTD: 'the New Taiwan dollar is TWD',
  UKP: 'the pound sterling is GBP',
  GBX: 'send pounds, GBP, not pence',
  ZAC: 'send rands, ZAR, not cents',
  XTS: 'it is for tests',
  XXX: 'it stands for no currency',
};

/** Metals, units of account and bonds. */
const uncounted = new Set(['XAG', 'XAU', 'XPD', 'XPT', 'XBA', 'XBB', 'XBC', 'XBD', 'XDR', 'XSU', 'XUA']);

/** What to send in place of a text that is no currency; undefined where nobody can tell. */
export function currencyAdvice(text: string): string | undefined {
  const code = text.trim().toUpperCase();
  if (currencyExponent(code) !== undefined) return `send ${code}`;
  if (uncounted.has(code)) return 'it has no minor units';
  return Object.hasOwn(advice, code) ? advice[code] : undefined;
}

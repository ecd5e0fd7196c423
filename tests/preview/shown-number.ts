/** A figure as a panel shows it, and how far what it stands for may be off, for the digits that are not shown. */
export interface ShownNumber {
  readonly value: number;
  readonly tolerance: number;
}

const scales: Readonly<Record<string, number>> = { '': 1, '%': 0.01, K: 1e3, Mil: 1e6, Bil: 1e9 };

/** Reads a figure such as `14.7 K`, `1.59 Mil` or `0.808%`. @throws Error when the text is none. */
export function shownNumber(text: string): ShownNumber {
  const [, digits = '', decimals = '', unit = ''] = /^(-?\d+)(?:\.(\d+))?\s*(K|Mil|Bil|%)?$/.exec(text.trim()) ?? [];
  const scale = scales[unit];
  if (digits === '' || scale === undefined) throw new Error(`no figure: ${text}`);
  const value = Number(decimals === '' ? digits : `${digits}.${decimals}`) * scale;
  return { value, tolerance: 0.5001 * scale * 10 ** -decimals.length };
}

import codes from 'i18n-iso-countries/codes.json' with { type: 'json' };

/**
 * ISO 3166-1 alpha-2 codes in alphabetical order, and XK: ISO has no code for Kosovo, and the European Commission, the IMF,
 * SWIFT and Unicode use this one of its user-assigned codes.
 */
export const countryCodes: readonly string[] = codes
  .flatMap(([alpha2]) => (alpha2 === undefined ? [] : [alpha2]))
  .sort();

const known: ReadonlySet<string> = new Set(countryCodes);

export function isCountry(code: string): boolean {
  return known.has(code);
}

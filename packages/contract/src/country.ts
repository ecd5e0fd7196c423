import codes from 'i18n-iso-countries/codes.json' with { type: 'json' };

/** XK (Kosovo) is in the data but user-assigned: ISO 3166-1 does not list it. */
const userAssigned = new Set(['XK']);

/** ISO 3166-1 alpha-2 codes, in alphabetical order. */
export const countryCodes: readonly string[] = codes
  .flatMap(([alpha2]) => (alpha2 === undefined || userAssigned.has(alpha2) ? [] : [alpha2]))
  .sort();

const known: ReadonlySet<string> = new Set(countryCodes);

export function isCountry(code: string): boolean {
  return known.has(code);
}

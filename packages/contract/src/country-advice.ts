import codes from 'i18n-iso-countries/codes.json' with { type: 'json' };

import { isCountry } from './country.ts';

/** Codes in common use, ISO's reserved (3166/MA) and withdrawn codes (3166-3), each with the code to send instead. */
const advice: Readonly<Record<string, string>> = {
  // Value-added tax and customs.
  EL: 'Greece is GR',
  UK: 'the United Kingdom is GB',
  XI: 'Northern Ireland is GB',
  XU: 'the United Kingdom without Northern Ireland is GB',
  XC: 'Ceuta is ES',
  XL: 'Melilla is ES',
  XS: 'Serbia is RS',
  // Reserved.
  AC: 'Ascension is SH',
  CP: 'Clipperton is FR',
  CQ: 'Sark is GG',
  DG: 'Diego Garcia is IO',
  EA: 'Ceuta and Melilla are ES',
  EU: 'the European Union is not a country: send the code of the member state',
  EZ: 'the euro area is not a country: send the code of the member state',
  IC: 'the Canary Islands are ES',
  TA: 'Tristan da Cunha is SH',
  UN: 'the United Nations are not a country',
  // Withdrawn.
  AN: 'the Netherlands Antilles are now CW, SX or BQ',
  BU: 'Burma is now MM',
  CS: 'Serbia and Montenegro are now RS and ME, Czechoslovakia CZ and SK',
  CT: 'Canton and Enderbury are now KI',
  DD: 'the German Democratic Republic is now DE',
  DY: 'Dahomey is now BJ',
  FQ: 'the French Southern and Antarctic Territories are now TF',
  FX: 'Metropolitan France is FR',
  HV: 'Upper Volta is now BF',
  JT: 'Johnston Island is now UM',
  MI: 'the Midway Islands are now UM',
  NH: 'the New Hebrides are now VU',
  NQ: 'Dronning Maud Land is now AQ',
  NT: 'the Neutral Zone is now IQ or SA',
  PC: 'the Pacific Islands are now FM, MH, MP or PW',
  PU: 'the Pacific Islands of the United States are now UM',
  PZ: 'the Panama Canal Zone is now PA',
  RH: 'Southern Rhodesia is now ZW',
  SU: 'the Soviet Union is now RU or one of the other states that it became',
  TP: 'East Timor is now TL',
  VD: 'the Democratic Republic of Viet-Nam is now VN',
  WK: 'Wake Island is now UM',
  YD: 'Democratic Yemen is now YE',
  YU: 'Yugoslavia is now RS, ME, or one of the other states that it became',
  ZR: 'Zaire is now CD',
};

const longCodes: ReadonlyMap<string, string> = new Map(
  codes.flatMap(([alpha2 = '', alpha3 = '', numeric = '']) => [
    [alpha3, alpha2],
    [numeric, alpha2],
  ]),
);
/** AA, QM to QZ, XA to XZ and ZZ. */
const privateCode = /^(?:AA|Q[M-Z]|X[A-Z]|ZZ)$/;

/** What to send instead of a text that is not a country code; undefined if unknown. */
export function countryAdvice(text: string): string | undefined {
  const code = text.trim().toUpperCase();
  const known = Object.hasOwn(advice, code) ? advice[code] : undefined;
  if (known !== undefined) return known;
  const short = isCountry(code) ? code : (longCodes.get(code) ?? countryOfRegion(code));
  if (short !== undefined) return `send ${short}`;
  return privateCode.test(code) ? `${code} is for private use and means no country` : undefined;
}

/** The country of a subdivision by ISO 3166-2, such as US-CA. */
function countryOfRegion(code: string): string | undefined {
  const [country = '', region] = code.split('-');
  return region !== undefined && region.length <= 3 && isCountry(country) ? country : undefined;
}

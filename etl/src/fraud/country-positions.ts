/** Latitude and longitude of the middle in degrees, radius of a circle of the same area in km, neighbours by land. */
type Place = readonly [latitude: number, longitude: number, radiusKm: number, neighbours: string];

/** Where countries lie, by ISO 3166-1 alpha-2 code. */
export type CountryPositions = Readonly<Record<string, Place>>;

/** A country as the package world-countries has it. */
interface Country {
  readonly cca2: string;
  readonly cca3: string;
  /** Latitude and longitude in degrees. */
  readonly latlng: readonly number[];
  /** In square kilometres; negative where nobody knows. */
  readonly area: number;
  /** Alpha-3 codes of the neighbours by land. */
  readonly borders: readonly string[];
}

/** What the rules need of the package's countries, of whose data country-positions.json is a part. */
export function countryPositions(all: readonly Country[]): CountryPositions {
  const alpha2 = new Map(all.map(({ cca2, cca3 }) => [cca3, cca2]));
  return Object.fromEntries(
    all
      .toSorted((a, b) => (a.cca2 < b.cca2 ? -1 : 1))
      .map(({ cca2, latlng: [latitude = 0, longitude = 0], area, borders }): [string, Place] => [
        cca2,
        [
          latitude,
          longitude,
          Math.round(Math.sqrt(Math.max(area, 0) / Math.PI)),
          borders
            .map((code) => alpha2.get(code) ?? '')
            .sort()
            .join(' '),
        ],
      ]),
  );
}

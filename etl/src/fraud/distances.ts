import countries from './country-positions.json' with { type: 'json' };

const earthRadiusKm = 6371;
const positions: ReadonlyMap<string, readonly (number | string)[]> = new Map(Object.entries(countries.positions));
const known = new Map<string, number>();

/**
 * The least distance between two countries, in whole kilometres: that of their middles less the radii of circles of their
 * areas. Never more than the true one by much, and 0 between neighbours by land, within a country, and for a code without a position.
 */
export function distanceKm(from: string, to: string): number {
  const pair = from < to ? from + to : to + from;
  let distance = known.get(pair);
  if (distance === undefined) known.set(pair, (distance = computed(from, to)));
  return distance;
}

function computed(from: string, to: string): number {
  const [fromLatitude, fromLongitude, fromRadius, neighbours] = positions.get(from) ?? [];
  const [toLatitude, toLongitude, toRadius] = positions.get(to) ?? [];
  if (from === to || neighbours === undefined || toRadius === undefined) return 0;
  if (String(neighbours).split(' ').includes(to)) return 0;
  const middles = greatCircleKm(
    radians(fromLatitude),
    radians(fromLongitude),
    radians(toLatitude),
    radians(toLongitude),
  );
  return Math.max(0, Math.round(middles) - Number(fromRadius) - Number(toRadius));
}

/** The haversine formula, on a sphere. */
function greatCircleKm(latitude1: number, longitude1: number, latitude2: number, longitude2: number): number {
  const a =
    Math.sin((latitude2 - latitude1) / 2) ** 2 +
    Math.cos(latitude1) * Math.cos(latitude2) * Math.sin((longitude2 - longitude1) / 2) ** 2;
  return 2 * earthRadiusKm * Math.asin(Math.min(1, Math.sqrt(a)));
}

function radians(degrees: number | string | undefined): number {
  return (Number(degrees) * Math.PI) / 180;
}

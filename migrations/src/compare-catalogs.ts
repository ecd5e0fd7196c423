/** A fact about an object, as a column's type. */
export type Property = string | boolean | null;

/** What a database holds: for each group (as `table transactions`) its objects (as `column amount`), each with its properties. */
export type Catalog = Readonly<Record<string, CatalogGroup>>;
export type CatalogGroup = Readonly<Record<string, Readonly<Record<string, Property>>>>;

/** One line for each difference, in the order of their groups; none when the catalogs agree. */
export function compareCatalogs(expected: Catalog, found: Catalog): readonly string[] {
  return unionOfKeys(expected, found).flatMap((group) => {
    const [expectedGroup, foundGroup] = [expected[group], found[group]];
    if (foundGroup === undefined) return [`${group} is missing`];
    if (expectedGroup === undefined) return [`${group} is not expected`];
    return compareGroups(expectedGroup, foundGroup).map((difference) => `${group}: ${difference}`);
  });
}

function compareGroups(expected: CatalogGroup, found: CatalogGroup): readonly string[] {
  return unionOfKeys(expected, found).flatMap((object) => {
    const [expectedObject, foundObject] = [expected[object], found[object]];
    if (foundObject === undefined) return [`${object} is missing`];
    if (expectedObject === undefined) return [`${object} is not expected`];
    return unionOfKeys(expectedObject, foundObject)
      .filter((property) => expectedObject[property] !== foundObject[property])
      .map((property) => {
        const [is, should] = [foundObject[property], expectedObject[property]].map((value) => JSON.stringify(value));
        return `${object}: ${property} is ${is}, expected ${should}`;
      });
  });
}

function unionOfKeys(left: object, right: object): readonly string[] {
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].toSorted();
}

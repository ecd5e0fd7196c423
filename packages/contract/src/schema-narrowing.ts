import type * as z from 'zod';

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** Keywords that do not affect which values are accepted. */
const annotations = new Set(['$schema', '$id', 'title', 'description', 'examples', 'default', 'deprecated']);

/** Keywords whose number may change in one direction only: +1 for upper limits, -1 for lower ones. */
const limits: Readonly<Record<string, 1 | -1>> = {
  maxLength: 1,
  maximum: 1,
  exclusiveMaximum: 1,
  minLength: -1,
  minimum: -1,
  exclusiveMinimum: -1,
};

/**
 * Changes by which `newer` could reject a value that `older` accepts, one line each; empty if there are none.
 * A change that is not provably a widening counts as a narrowing. The exception is a new optional property, which is how
 * the contract grows, although before a field of that name was ignored.
 */
export function schemaNarrowings(older: JsonSchema, newer: JsonSchema, path = '$'): string[] {
  const keywords = new Set([...Object.keys(older), ...Object.keys(newer)]);
  return [...keywords]
    .filter((keyword) => !annotations.has(keyword))
    .flatMap((keyword) => keywordNarrowings(keyword, older, newer, path));
}

function keywordNarrowings(keyword: string, older: JsonSchema, newer: JsonSchema, path: string): string[] {
  const before = older[keyword];
  const after = newer[keyword];
  if (after === undefined && keyword !== 'properties') return [];
  switch (keyword) {
    case 'properties':
      return propertyNarrowings(older, newer, path);
    case 'required':
      return missingFrom(strings(before), strings(after)).map((name) => `${path}: ${name} has become required`);
    case 'enum':
      return enumNarrowings(before, after, path);
    case 'anyOf':
      return anyOfNarrowings(schemas(before), schemas(after), path);
    default:
      return isWidened(keyword, before, after)
        ? []
        : [`${path}: ${keyword} has changed from ${show(before)} to ${show(after)}`];
  }
}

function propertyNarrowings(older: JsonSchema, newer: JsonSchema, path: string): string[] {
  const after = newer.properties ?? {};
  return Object.entries(older.properties ?? {}).flatMap(([name, schema]) => {
    const next = after[name];
    if (next === undefined) return [`${path}.${name} is no longer known`];
    return schemaNarrowings(asSchema(schema), asSchema(next), `${path}.${name}`);
  });
}

function enumNarrowings(before: unknown, after: unknown, path: string): string[] {
  if (before === undefined) return [`${path}: only listed values are accepted now`];
  return missingFrom(list(after), list(before)).map((value) => `${path}: ${show(value)} is no longer accepted`);
}

function anyOfNarrowings(before: JsonSchema[], after: JsonSchema[], path: string): string[] {
  if (before.length === 0) return [`${path}: only listed alternatives are accepted now`];
  return before.flatMap((option, index) =>
    after.some((candidate) => schemaNarrowings(option, candidate).length === 0)
      ? []
      : [`${path}: alternative ${index} (${show(option)}) is covered by none of the new ones`],
  );
}

function isWidened(keyword: string, before: unknown, after: unknown): boolean {
  if (show(before) === show(after)) return true;
  const direction = limits[keyword];
  if (direction !== undefined && typeof before === 'number' && typeof after === 'number') {
    return (after - before) * direction >= 0;
  }
  return keyword === 'type' && before === 'integer' && after === 'number';
}

function missingFrom<Value>(present: readonly Value[], wanted: readonly Value[]): Value[] {
  return wanted.filter((value) => !present.includes(value));
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function strings(value: unknown): string[] {
  return list(value).filter((item) => typeof item === 'string');
}

function schemas(value: unknown): JsonSchema[] {
  return list(value).filter((item): item is JsonSchema => typeof item === 'object' && item !== null);
}

function asSchema(value: JsonSchema | boolean): JsonSchema {
  return typeof value === 'boolean' ? { enabled: value } : value;
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

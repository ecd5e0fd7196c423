import { expect, test } from 'vitest';

import { bindQuery, expandQuery, type QueryContext, type VariableValue } from './expand-query.ts';

function aContext(category: VariableValue, intervalMs = 60_000): QueryContext {
  return {
    from: new Date('2026-11-21T10:00:00Z'),
    to: new Date('2026-11-22T10:00:00.500Z'),
    intervalMs,
    variables: new Map([['category', category]]),
  };
}

const all: VariableValue = { kind: 'all', allValue: "'*'" };

function chosen(...values: string[]): VariableValue {
  return { kind: 'values', values };
}

test.each([
  [all, "x in ('*')"],
  [chosen('toys'), "x in ('toys')"],
  [chosen('toys', 'books'), "x in ('toys','books')"],
  [chosen("it's"), "x in ('it''s')"],
  [chosen("'); drop table transactions; --"), "x in ('''); drop table transactions; --')"],
  [chosen('4" nails'), String.raw`x in ('4\" nails')`],
])('%j in a list is %s', (category, sql) => {
  expect(expandQuery('x in (${category:sqlstring})', aContext(category))).toBe(sql);
});

test.each([
  ['$__timeFilter(minute)', "minute BETWEEN '2026-11-21T10:00:00.000Z' AND '2026-11-22T10:00:00.500Z'"],
  ['$__timeFrom()::timestamptz', "'2026-11-21T10:00:00.000Z'::timestamptz"],
  ['$__timeTo()', "'2026-11-22T10:00:00.500Z'"],
  ['$__unixEpochFrom() - $__unixEpochTo()', '1795255200 - 1795341600'],
  ['$__interval_ms / $__interval', '60000 / 1m'],
  ["$__timeGroup(minute, '$__interval') as x", 'floor(extract(epoch from minute)/60)*60 as x'],
  ["$__timeGroup(minute, '2h')", 'floor(extract(epoch from minute)/7200)*7200'],
])('%s becomes %s', (query, sql) => {
  expect(expandQuery(query, aContext(all))).toBe(sql);
});

test.each([
  [1000, '1s'],
  [90_000, '90s'],
  [300_000, '5m'],
  [7_200_000, '2h'],
  [86_400_000, '1d'],
])('an interval of %d ms is %s', (intervalMs, text) => {
  expect(expandQuery('$__interval', aContext(all, intervalMs))).toBe(text);
});

test.each([
  ['${region:sqlstring}', 'unknown variable: region'],
  ['${category}', 'must be written as ${category:sqlstring}'],
  ['${category:raw}', 'must be written as ${category:sqlstring}'],
  ['$__timeEpoch(minute)', 'unknown macro: $__timeEpoch'],
  ["$__timeGroup(minute, 'soon')", 'no interval: soon'],
])('%s is refused', (query, message) => {
  expect(() => expandQuery(query, aContext(all))).toThrow(message);
});

test.each([
  [all, "x in ('*')", []],
  [chosen('toys'), 'x in ($1)', ['toys']],
  [chosen('toys', "it's"), 'x in ($1,$2)', ['toys', "it's"]],
  [chosen("'); drop table transactions; --"), 'x in ($1)', ["'); drop table transactions; --"]],
  [chosen('4" nails'), 'x in ($1)', ['4" nails']],
  [chosen('${category:sqlstring} $__timeFrom() $1'), 'x in ($1)', ['${category:sqlstring} $__timeFrom() $1']],
])('%j is bound as %s with %j', (category, text, values) => {
  expect(bindQuery('x in (${category:sqlstring})', aContext(category))).toEqual({ text, values });
});

test('each place of a variable has parameters of its own', () => {
  const { text, values } = bindQuery(
    '${category:sqlstring} or $__timeFrom() or ${category:sqlstring}',
    aContext(chosen('a', 'b')),
  );
  expect(text).toBe("$1,$2 or '2026-11-21T10:00:00.000Z' or $3,$4");
  expect(values).toEqual(['a', 'b', 'a', 'b']);
});

import { expect, test } from 'vitest';

import { UsageError } from '../failures/errors.ts';
import { requireTopicNames } from './topic-names.ts';

test.each([
  [
    'a name that differs from an existing one in a dot only',
    ['a_b'],
    ['a.b'],
    'topic a_b can not be made beside topic a.b',
  ],
  ['the same the other way round', ['a.b'], ['a_b'], 'topic a.b can not be made beside topic a_b'],
  ['two wanted names that clash', ['a.b', 'a_b'], [], 'can not be made beside'],
  ['one of several wanted names', ['sales', 'sales.dlq'], ['sales', 'sales_dlq'], 'topic sales.dlq can not be made'],
  ['one name for two topics', ['sales', 'sales'], [], 'two topics have the name sales'],
  ['a name with a blank', ['my sales'], [], '"my sales" is no name for a topic'],
  ['a name that is a path', ['..'], [], '".." is no name for a topic'],
  ['a name that is too long', ['s'.repeat(250)], [], 'at most 249'],
])('%s is refused with the names', (_, wanted, existing, message) => {
  expect(() => requireTopicNames(wanted, new Set(existing))).toThrow(UsageError);
  expect(() => requireTopicNames(wanted, new Set(existing))).toThrow(message);
});

test.each([
  ['other names', ['a_b', 'a_b.dlq'], ['other']],
  ['topics that are there', ['sales'], ['sales', 'sales.dlq']],
  ['a clash of topics that are of no concern', ['sales'], ['a.b', 'a_b']],
])('%s are taken', (_, wanted, existing) => {
  expect(() => requireTopicNames(wanted, new Set(existing))).not.toThrow();
});

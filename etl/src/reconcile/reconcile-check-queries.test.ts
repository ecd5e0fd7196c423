import { customerDays, customerProfiles, salesPerMinute } from '@pulse/migrations/schema';
import { getTableColumns, getTableName } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { checks } from './reconcile-check-queries.ts';

test.each([salesPerMinute, customerDays, customerProfiles])('every column of a roll-up is recomputed (%#)', (table) => {
  const about = checks.filter(({ sql }) => sql.includes(getTableName(table))).map(({ sql }) => sql);
  for (const { name } of Object.values(getTableColumns(table))) {
    expect(about.some((sql) => sql.includes(name)) ? [] : [name]).toEqual([]);
  }
});

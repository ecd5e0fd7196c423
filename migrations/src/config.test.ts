import { ConfigError, readConfig } from '@pulse/runtime';
import { expect, test } from 'vitest';

import { migratorConfig, rolesOf } from './config.ts';

test('an empty environment is the development stack', () => {
  const config = readConfig(migratorConfig, {});
  expect([config.WAREHOUSE_DB_PORT, config.WAREHOUSE_SEED, rolesOf(config).reader.name]).toEqual([
    5433,
    'none',
    'grafana_reader',
  ]);
});

test.each([
  ['two roles of one name', { WAREHOUSE_ETL_USER: 'x', WAREHOUSE_READER_USER: 'x' }, 'WAREHOUSE_READER_USER'],
  ['an owner that is the etl role', { WAREHOUSE_DB_USER: 'etl' }, 'WAREHOUSE_DB_USER'],
  [
    'an owner in the URL that is the etl role',
    { WAREHOUSE_DATABASE_URL: 'postgresql://etl:secret@db/warehouse' },
    'WAREHOUSE_DB_USER',
  ],
  ['a role name that PostgreSQL keeps', { WAREHOUSE_ETL_USER: 'pg_etl' }, 'WAREHOUSE_ETL_USER'],
  ['a schedule of less than a second', { ETL_SCHEDULE_SECONDS: '0.5' }, 'ETL_SCHEDULE_SECONDS'],
  ['an unknown seed', { WAREHOUSE_SEED: 'all' }, 'WAREHOUSE_SEED'],
  ['a URL of another database', { WAREHOUSE_DATABASE_URL: 'mysql://db/warehouse' }, 'WAREHOUSE_DATABASE_URL'],
])('%s is refused and named', (_, environment, variable) => {
  expect(() => readConfig(migratorConfig, environment)).toThrow(ConfigError);
  expect(() => readConfig(migratorConfig, environment)).toThrow(variable);
});

import { warehouseState } from '@pulse/migrations/schema';
import { ConfigError } from '@pulse/runtime';

import type { Queryable } from './connection.ts';

/** @throws ConfigError where the warehouse is one of production: a failpoint is for tests. */
export async function refuseFailpointInProduction(db: Queryable, name: string): Promise<void> {
  const [state] = await db.select({ environment: warehouseState.environment }).from(warehouseState);
  if (state?.environment !== 'production') return;
  throw new ConfigError(
    `ETL_FAILPOINT is ${name}, and this warehouse is one of production: failpoints kill or hang a step, for tests; ` +
      'leave ETL_FAILPOINT empty in .env and in the environment',
  );
}

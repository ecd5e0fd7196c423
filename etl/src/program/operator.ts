import { userInfo } from 'node:os';

import type { Config } from '../settings/config.ts';

/** Who decides something here: a run of Airflow, or the account that runs the command. */
export function operatorOf({ airflow }: Pick<Config, 'airflow'>): string {
  if (airflow.runId !== undefined) return `airflow ${airflow.dagId ?? ''} ${airflow.runId}`;
  return accountName();
}

/** Containers may run under a number without a name. */
function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

import { stdout } from 'node:process';
import { Option } from '@commander-js/extra-typings';
import { createLogger, type LogFormat, type Logger } from '@pulse/runtime';

import { createConfig, type Config } from '../settings/config.ts';
import { createContext, type Context } from './context.ts';
import type { IntegrityError } from '../failures/errors.ts';
import { armFailpoint } from '../failures/failpoint.ts';
import { createProgressBar } from './progress-bar.ts';
import { connectWarehouse } from '../warehouse/connection.ts';
import { refuseFailpointInProduction } from '../warehouse/refuse-failpoint.ts';
import { errorCodeOf, errorMessageOf, integrityStopOf } from '../failures/error-chain.ts';
import { exitCodeOf, failureKind, remedyOf } from './failure-kind.ts';

const applicationName = 'etl';

/** The option that every command has. */
export function jsonOption() {
  return new Option('--json', 'print one line of JSON, as the last line').default(false);
}

/** Prints a line of a command's result. */
export function print(line: string): void {
  stdout.write(`${line}\n`);
}

/** Runs a command that needs the warehouse, and closes all it opened. */
export async function perform(json: boolean, work: (context: Context) => Promise<void>): Promise<void> {
  await guarded(json, async (config, logger) => {
    const onProgress = await createProgressBar();
    await using warehouse = await connectWarehouse(config.warehouse, applicationName, logger);
    await using context = createContext(config, logger, warehouse, onProgress);
    if (config.failpoint !== undefined) await refuseFailpointInProduction(warehouse.db, config.failpoint.name);
    await work(context).catch((error: unknown) => {
      throw warehouse.lost ?? error;
    });
  });
}

/** Runs a command and turns its failure into a message and an exit code. */
export async function guarded(
  json: boolean,
  work: (config: Config, logger: Logger, json: boolean) => Promise<void>,
): Promise<void> {
  const isWatched = process.stderr.isTTY && !json;
  let logger: Logger | undefined;
  try {
    const config = createConfig(process.env);
    armFailpoint(config.failpoint);
    // At a terminal people read results; logs are for unattended runs.
    const level = isWatched && config.logLevel === 'info' ? 'warn' : config.logLevel;
    logger = await createLogger({ name: 'etl', level, format: logFormat(config, isWatched) });
    if (config.failpoint !== undefined) {
      const { name, action } = config.failpoint;
      const remedy = 'for tests only: leave ETL_FAILPOINT empty in .env and in the environment';
      logger.warn(
        { remedy },
        `ETL_FAILPOINT is set: this process ${action === 'kill' ? 'kills itself' : 'hangs'} at ${name}`,
      );
    }
    await work(config, logger, json);
  } catch (error) {
    // A wrong setting may be the logger's own.
    logger ??= await createLogger({ name: 'etl', level: 'info', format: isWatched ? 'pretty' : 'json' });
    const kind = failureKind(error);
    const stack = kind === 'bug' ? { err: error } : {};
    logger.error({ kind, code: errorCodeOf(error), remedy: remedyOf(error), ...stack }, errorMessageOf(error));
    const stop = integrityStopOf(error);
    if (stop !== undefined && json) print(JSON.stringify(describeStop(stop)));
    process.exitCode = exitCodeOf(error);
  }
}

/** An integrity stop as the program that started the command gets it, so that each incident is alerted once. */
function describeStop({ kind, message, remedy, reported }: IntegrityError) {
  return {
    incident_ids: reported.map(({ incidentId }) => incidentId),
    is_new: reported.some(({ isNew }) => isNew),
    kind,
    message,
    remedy,
  };
}

/** Airflow's log page shows lines as they are, with a time of its own. */
function logFormat(config: Config, isWatched: boolean): LogFormat {
  if (isWatched) return 'pretty';
  return config.airflow.runId === undefined ? 'json' : 'line';
}

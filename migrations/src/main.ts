import process from 'node:process';

import { Command, CommanderError } from '@commander-js/extra-typings';
import {
  createLogger,
  logFormatFor,
  exitCode,
  logLevels,
  readConfig,
  type Logger,
  type LogLevel,
} from '@pulse/runtime';
import type { Client } from 'pg';
import * as z from 'zod';

import { backUp } from './back-up.ts';
import { checkWarehouse } from './check.ts';
import { migratorConfig, rolesOf, type MigratorConfig } from './config.ts';
import { connect } from './connect.ts';
import { describeFailure, exitCodeOf } from './failure.ts';
import { dropEverything } from './reset.ts';
import { restore } from './restore.ts';
import { up } from './up.ts';

/** The live warehouse differs from this version. */
const differencesExitCode = 1;

interface Session {
  readonly client: Client;
  readonly config: MigratorConfig;
  readonly logger: Logger;
}

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  let code: number = exitCode.ok;
  const perform = (command: (session: Session) => Promise<number>) => async () => {
    code = await withWarehouse(command);
  };
  const program = new Command('migrate')
    .description('Brings the warehouse to this version. The address and the roles come from WAREHOUSE_* variables.')
    .exitOverride();
  program
    .command('up', { isDefault: true })
    .description('wait for the database, apply what is new, set roles and grants, then check')
    .action(perform(bringUp));
  program
    .command('check')
    .description('compare the live warehouse with this version, change nothing; exit code 1 when they differ')
    .action(perform(check));
  program
    .command('reset')
    .description('drop everything in the warehouse, then up')
    .requiredOption('--yes', 'yes, every row is to be lost')
    .action(perform(reset));
  program
    .command('backup')
    .description('write every row of the warehouse, positions among them, into one file, while loads go on')
    .requiredOption('--file <path>', 'the file; it appears once it is whole')
    .action(async ({ file }) => {
      code = await withWarehouse(async ({ client, logger }) => {
        await backUp(client, file, logger);
        return exitCode.ok;
      });
    });
  program
    .command('restore')
    .description('put the rows of a backup in the place of all rows of the warehouse, in one transaction')
    .requiredOption('--file <path>', 'what backup has written')
    .requiredOption('--yes', 'yes, every row of now is to be lost')
    .action(async ({ file }) => {
      code = await withWarehouse(async (session) => {
        await restore(session.client, file, session.logger);
        return bringUp(session);
      });
    });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.ok : exitCode.usage;
    throw error;
  }
}

async function bringUp({ client, config, logger }: Session): Promise<number> {
  const { WAREHOUSE_SEED: seed, ETL_SCHEDULE_SECONDS: scheduleSeconds } = config;
  return report(await up({ client, roles: rolesOf(config), seed, scheduleSeconds, logger }), logger);
}

async function check({ client, config, logger }: Session): Promise<number> {
  return report(await checkWarehouse(client, rolesOf(config)), logger);
}

async function reset(session: Session): Promise<number> {
  await dropEverything(session.client, session.logger);
  return bringUp(session);
}

function report(differences: readonly string[], logger: Logger): number {
  if (differences.length === 0) {
    logger.info('the warehouse is as this version expects');
    return exitCode.ok;
  }
  for (const difference of differences) logger.error({ difference }, `warehouse differs: ${difference}`);
  logger.error(
    { differenceCount: differences.length },
    'the warehouse was changed by hand or by another version: undo the changes, or bring them into a migration',
  );
  return differencesExitCode;
}

async function withWarehouse(command: (session: Session) => Promise<number>): Promise<number> {
  const logger = await createLogger({
    name: 'migrations',
    level: readLogLevel(),
    format: logFormatFor(process.stderr),
  });
  try {
    const config = readConfig(migratorConfig, process.env);
    await using connection = await connect(config, logger);
    return await command({ client: connection.client, config, logger });
  } catch (error) {
    const code = exitCodeOf(error);
    logger.fatal(code === exitCode.bug ? { err: error } : {}, describeFailure(error));
    return code;
  }
}

/** The level before the config is read: a wrong one is reported with the rest of the config. */
function readLogLevel(): LogLevel {
  return z.enum(logLevels).catch('info').parse(process.env['LOG_LEVEL']);
}

import process from 'node:process';

import { Argument, Command, CommanderError } from '@commander-js/extra-typings';
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

import { environments, type Environment } from '../schema/warehouse-state.ts';
import { backUp } from './back-up.ts';
import { checkWarehouse } from './check.ts';
import { migratorConfig, rolesOf, type MigratorConfig } from './config.ts';
import { connect } from './connect.ts';
import { environmentOf, markEnvironment } from './environment.ts';
import { describeFailure, exitCodeOf } from './failure.ts';
import { holdingMigratorLock } from './migrator-lock.ts';
import { dropEverything } from './reset.ts';
import { restoreGuard } from './restore-guard.ts';
import { restore } from './restore.ts';
import { inTransaction } from './transaction.ts';
import { applyMigrations, up } from './up.ts';

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
  const run: Run = async (command) => {
    code = await withWarehouse(command);
  };
  const perform = (command: SessionCommand) => () => run(command);
  const program = new Command('migrate')
    .description('Brings the warehouse to this version. The address and the roles come from WAREHOUSE_* variables.')
    .exitOverride();
  program
    .command('up', { isDefault: true })
    .description('wait for the database, apply new migrations, set roles and grants, then check')
    .action(perform(bringUp));
  program
    .command('check')
    .description('compare the live warehouse with this version, change nothing; exit code 1 if they differ')
    .action(perform(check));
  program
    .command('reset')
    .description('drop everything in the warehouse, then up')
    .requiredOption('--yes', 'confirm that every row is lost')
    .action(perform(reset));
  addBackupCommands(program, run);
  addEnvironmentCommands(program, run);
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.ok : exitCode.usage;
    throw error;
  }
}

type SessionCommand = (session: Session) => Promise<number>;
type Run = (command: SessionCommand) => Promise<void>;

function addBackupCommands(program: Command, run: Run): void {
  program
    .command('backup')
    .description('write every row of the warehouse, with its positions, into one file, while loads continue')
    .requiredOption('--file <path>', 'the file; it appears when it is complete')
    .action(({ file }) =>
      run(async ({ client, logger }) => {
        await backUp(client, file, logger);
        return exitCode.ok;
      }),
    );
  program
    .command('restore')
    .description('replace the warehouse by a backup of this release or an older one, in one transaction')
    .requiredOption('--file <path>', 'a file that backup has written')
    .requiredOption('--yes', 'confirm that every present row is lost')
    .action(({ file }) =>
      run(async (session) => {
        const { client, config, logger } = session;
        await restore(client, file, { environment: config.STACK_ENVIRONMENT, logger });
        return bringUp(session);
      }),
    );
  program
    .command('restore-guard')
    .addArgument(new Argument('<when>').choices(['before', 'after'] as const))
    .description('print the SQL that guards a restore of a pg_dump; see docker/restore-warehouse.sh')
    .action((when) => {
      const { STACK_ENVIRONMENT: environment } = readConfig(migratorConfig, process.env);
      process.stdout.write(restoreGuard(environment)[when]);
    });
}

function addEnvironmentCommands(program: Command, run: Run): void {
  program
    .command('environment')
    .description('print the environment of the warehouse, by its mark or its content; nothing for an empty one')
    .action(() =>
      run(async ({ client }) => {
        process.stdout.write(`${(await environmentOf(client)) ?? ''}\n`);
        return exitCode.ok;
      }),
    );
  program
    .command('mark')
    .addArgument(new Argument('<environment>', 'the environment of the warehouse').choices(environments))
    .option('--remove-samples', 'remove sample exchange rates, which production must not have')
    .description('migrate, then set the environment of the warehouse if its mark is missing or wrong')
    .action((environment, { removeSamples }) => run((session) => mark(session, environment, removeSamples === true)));
}

async function bringUp({ client, config, logger }: Session): Promise<number> {
  const differences = await up({
    client,
    roles: rolesOf(config),
    seed: config.WAREHOUSE_SEED,
    scheduleSeconds: config.ETL_SCHEDULE_SECONDS,
    environment: config.STACK_ENVIRONMENT,
    codeVersion: config.CODE_VERSION,
    logger,
  });
  return report(differences, logger);
}

async function mark(session: Session, environment: Environment, removeSamples: boolean): Promise<number> {
  const { client, logger } = session;
  const removed = await holdingMigratorLock(client, async () => {
    await applyMigrations(client);
    return inTransaction(client, () => markEnvironment(client, environment, { removeSamples }));
  });
  logger.info({ environment, removedSamples: removed }, `the warehouse is marked as one for ${environment}`);
  return exitCode.ok;
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

/** The level before the config is read; a wrong level is reported with the other errors of the config. */
function readLogLevel(): LogLevel {
  return z.enum(logLevels).catch('info').parse(process.env['LOG_LEVEL']);
}

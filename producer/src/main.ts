/** The producer's command line: reads the config, wires the parts, reports what was acknowledged. */
import { argv, env, exit, stderr, stdout } from 'node:process';

import { ConfigError, createLogger, logFormatFor, exitCode, shutdownSignal, type ExitCode } from '@pulse/runtime';

import { nameFlags, readCommandLine, type CommandLine } from './command-line.ts';
import { createConfig, type Config } from './config.ts';
import { produce } from './produce.ts';
import { describeSummary } from './summary.ts';

const commandLine = readCommandLine(argv.slice(2));
// kafkajs leaves timers and sockets open, so the process does not end by itself.
exit(await main(commandLine));

async function main({ flags, json }: CommandLine): Promise<ExitCode> {
  const config = configOrUsage(flags);
  if (config === undefined) return exitCode.usage;
  const logger = await createLogger({ name: 'producer', level: config.logLevel, format: logFormatFor(stderr) });
  process.removeAllListeners('warning');
  process.on('warning', (warning) => logger.debug({ warning: warning.message }, 'warning of Node.js'));

  const { summary, failure } = await produce(config, { logger, stop: shutdownSignal() });
  stdout.write(`${json ? JSON.stringify(summary) : describeSummary(summary)}\n`);
  if (failure === undefined) return exitCode.ok;
  if (failure instanceof ConfigError) {
    logger.error(failure.message);
    return exitCode.usage;
  }
  logger.error({ err: failure }, 'the run ended early');
  return exitCode.temporaryFailure;
}

function configOrUsage(flags: CommandLine['flags']): Config | undefined {
  try {
    return createConfig(env, flags, { nowMs: Date.now(), randomSeed: Math.floor(Math.random() * 2 ** 32) });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    stderr.write(`${nameFlags(error.message, flags)}\n`);
    return undefined;
  }
}

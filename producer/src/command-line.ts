import { Command } from '@commander-js/extra-typings';
import { exitCode } from '@pulse/runtime';

import { malformedKinds } from './traffic/corruptions.ts';

/** The flags: each with its variable, its long form and its help text. */
const flags = {
  KAFKA_BOOTSTRAP_SERVERS: ['--bootstrap-servers <list>', 'Kafka brokers, host:port (127.0.0.1 at KAFKA_PORT)'],
  KAFKA_TOPIC_TRANSACTIONS: ['--topic <name>', 'topic to publish to (transactions)'],
  PRODUCER_INTERVAL_MIN: ['--interval-min <seconds>', 'shortest pause between two messages (1)'],
  PRODUCER_INTERVAL_MAX: ['--interval-max <seconds>', 'longest pause between two messages (2)'],
  PRODUCER_RATE: ['--rate <number>', 'messages per second, instead of pauses'],
  PRODUCER_COUNT: ['--count <number>', 'send this number of messages and exit; without --rate, as fast as possible'],
  PRODUCER_SEED: ['--seed <number>', 'the same seed repeats the content of a run, and with --start-time its times'],
  PRODUCER_CUSTOMERS: ['--customers <number>', 'number of customers (5000)'],
  PRODUCER_DUPLICATE_SHARE: ['--duplicate-share <ratio>', 'ratio of messages that repeat an earlier one (0.01)'],
  PRODUCER_MALFORMED_SHARE: ['--malformed-share <ratio>', 'ratio of malformed messages, which are rejected (0.01)'],
  PRODUCER_MALFORMED_KIND: [
    '--malformed-kind <list>',
    'only these kinds of malformed messages, separated by commas; see below',
  ],
  PRODUCER_LATE_SHARE: ['--late-share <ratio>', 'ratio of messages that are up to 48 h late (0.02)'],
  PRODUCER_FRAUD_SHARE: ['--fraud-share <ratio>', 'ratio of messages that belong to a fraud pattern (0.02)'],
  PRODUCER_HISTORY_HOURS: [
    '--history-hours <number>',
    'first send the transactions of so many past hours, if the topic is new (0)',
  ],
  PRODUCER_START_TIME: ['--start-time <time>', 'first event time, RFC 3339; needs --time-span'],
  PRODUCER_TIME_SPAN: ['--time-span <span>', 'spread the event times of --count messages over 90s, 30m, 12h or 7d'],
  PRODUCER_LEDGER: ['--ledger <file>', 'append one line of JSON for each acknowledged message'],
  PRODUCER_HEALTH_FILE: ['--health-file <file>', 'touch this file when Kafka acknowledges messages'],
  LOG_LEVEL: ['--log-level <level>', 'trace, debug, info, warn, error, fatal, silent (info)'],
} as const;

export type FlagName = keyof typeof flags;

export interface CommandLine {
  /** The given flags, by the variable that each overrides. */
  readonly flags: Readonly<Partial<Record<FlagName, string>>>;
  /** Print the summary as one line of JSON. */
  readonly json: boolean;
}

/** Reads the arguments. For help or a usage error it prints the text and exits, with 0 or 64. */
export function readCommandLine(args: readonly string[]): CommandLine {
  const command = new Command('producer')
    .description('Sends realistic transactions to Kafka. Each flag overrides its variable.')
    .option('--json', 'print the summary as one line of JSON')
    .exitOverride((error) => process.exit(error.exitCode === 0 ? exitCode.ok : exitCode.usage))
    .addHelpText('after', `\nVariables:\n${variableList()}\n\nKinds of malformed messages:\n${kindList()}`);
  for (const [flag, help] of Object.values(flags)) command.option(flag, help);
  command.parse(args, { from: 'user' });

  const given: Readonly<Record<string, unknown>> = command.opts();
  const entries = flagNames().flatMap((name) => {
    const value = given[optionKey(name)];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  return { flags: Object.fromEntries(entries), json: given['json'] === true };
}

/** Replaces the variables in a message by the given flags that override them. */
export function nameFlags(message: string, given: CommandLine['flags']): string {
  return flagNames()
    .filter((name) => given[name] !== undefined)
    .reduce((text, name) => text.replaceAll(name, longFlag(name)), message);
}

function flagNames(): FlagName[] {
  return Object.keys(flags).filter((name): name is FlagName => Object.hasOwn(flags, name));
}

function longFlag(name: FlagName): string {
  return flags[name][0].replace(/ <.*$/, '');
}

/** The key of a flag in commander's result: startTime for `--start-time`. */
function optionKey(name: FlagName): string {
  return longFlag(name)
    .slice(2)
    .replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function variableList(): string {
  return flagNames()
    .map((name) => `  ${longFlag(name).padEnd(22)}${name}`)
    .join('\n');
}

function kindList(): string {
  const lines: string[] = [];
  for (let start = 0; start < malformedKinds.length; start += 5) {
    lines.push(`  ${malformedKinds.slice(start, start + 5).join(', ')}`);
  }
  return lines.join(',\n');
}

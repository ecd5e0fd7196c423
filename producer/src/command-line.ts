import { Command } from '@commander-js/extra-typings';
import { exitCode } from '@pulse/runtime';

import { malformedKinds } from './traffic/malform.ts';

/** Each flag's variable, long form and line of help. */
const flags = {
  KAFKA_BOOTSTRAP_SERVERS: ['--bootstrap-servers <list>', 'Kafka brokers, host:port (127.0.0.1 at KAFKA_PORT)'],
  KAFKA_TOPIC_TRANSACTIONS: ['--topic <name>', 'topic to publish to (transactions)'],
  PRODUCER_INTERVAL_MIN: ['--interval-min <seconds>', 'shortest pause between two messages (1)'],
  PRODUCER_INTERVAL_MAX: ['--interval-max <seconds>', 'longest pause between two messages (2)'],
  PRODUCER_RATE: ['--rate <number>', 'messages a second instead of pauses'],
  PRODUCER_COUNT: ['--count <number>', 'send so many and exit; without --rate, as fast as it goes'],
  PRODUCER_SEED: ['--seed <number>', 'repeat the content of another run; times too with --start-time'],
  PRODUCER_CUSTOMERS: ['--customers <number>', 'how many different customers buy (5000)'],
  PRODUCER_DUPLICATE_SHARE: ['--duplicate-share <share>', 'share of messages that are sent once more (0.01)'],
  PRODUCER_MALFORMED_SHARE: ['--malformed-share <share>', 'share of messages to be rejected (0.01)'],
  PRODUCER_MALFORMED_KIND: ['--malformed-kind <list>', 'only these kinds of them, after commas; see below'],
  PRODUCER_LATE_SHARE: ['--late-share <share>', 'share of messages up to 48 h late (0.02)'],
  PRODUCER_FRAUD_SHARE: ['--fraud-share <share>', 'share of messages that play a fraud pattern (0.02)'],
  PRODUCER_HISTORY_HOURS: [
    '--history-hours <number>',
    'where the topic is new, send what would have been sold in so many hours before now, late, and go on from there (0)',
  ],
  PRODUCER_START_TIME: ['--start-time <time>', 'first event time, RFC 3339; needs --time-span'],
  PRODUCER_TIME_SPAN: ['--time-span <span>', 'spread the event times of --count messages over 90s, 30m, 12h, 7d'],
  PRODUCER_LEDGER: ['--ledger <file>', 'append one JSON line for each acknowledged message'],
  PRODUCER_HEALTH_FILE: ['--health-file <file>', 'touch this file when Kafka acknowledges'],
  LOG_LEVEL: ['--log-level <level>', 'trace, debug, info, warn, error, fatal, silent (info)'],
} as const;

export type FlagName = keyof typeof flags;

export interface CommandLine {
  /** Given flags by the variable they override. */
  readonly flags: Readonly<Partial<Record<FlagName, string>>>;
  /** Print the summary as one line of JSON. */
  readonly json: boolean;
}

/** Reads the arguments after the program's name. Prints help or a usage error and exits by itself (0 or 64). */
export function readCommandLine(args: readonly string[]): CommandLine {
  const command = new Command('producer')
    .description('Sends realistic sales to Kafka. Every flag has a variable; a flag wins over it.')
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

/** Puts the flag's name where a message names its variable, for the flags that were given. */
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

/** The key under which commander keeps a flag: `--start-time` is startTime. */
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

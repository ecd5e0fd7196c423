// Node loads it when `performance` is first read; imported, it is part of the snapshot.
import 'node:perf_hooks';
import { startupSnapshot } from 'node:v8';

import { Command, CommanderError, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { exitCode, exitOnSignals, exitWhenUnread, silenceNegativeTimeouts } from '@pulse/runtime';

import { addFraudCommands } from './fraud/fraud-commands.ts';
import { addRateCommands } from './rates/rates-commands.ts';
import { addExplainCommand } from './explain/explain-command.ts';
import { addMaintainCommand } from './recovery/maintain-command.ts';
import { addReconcileCommand } from './reconcile/reconcile-command.ts';
import { addRejectedCommands } from './quarantine/quarantine-commands.ts';
import { addReprocessCommand } from './reprocess/reprocess-command.ts';
import { addResumeCommand } from './recovery/resume-command.ts';
import { addTopicsCommand } from './topics/topics-command.ts';
import { addStatusCommand } from './status/status-command.ts';
import { addRunCommands } from './run/run-commands.ts';

function createProgram(): Command {
  const program = new Command('etl')
    .description('Moves sales transactions from Kafka into the warehouse, exactly once, batch by batch.')
    // Without this line Commander makes the option at each start.
    .helpOption('-h, --help', 'display help for command')
    .addHelpText(
      'after',
      '\nSettings come from the environment: see .env.example.\n' +
        'Exit codes: 0 done, 64 usage, 65 integrity (needs a decision), 70 bug, 75 temporary (try again).',
    );
  addRunCommands(program);
  addTopicsCommand(program);
  addStatusCommand(program);
  addExplainCommand(program);
  addRejectedCommands(program);
  addMaintainCommand(program);
  addRateCommands(program);
  addReprocessCommand(program);
  addFraudCommands(program);
  addResumeCommand(program);
  addReconcileCommand(program);
  return program;
}

function withSubcommands(command: CommandUnknownOpts): readonly CommandUnknownOpts[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

const program = createProgram();
// Commander's exit codes for usage errors are 1; sysexits has 64 for them.
for (const command of withSubcommands(program)) command.exitOverride();

async function main(): Promise<void> {
  silenceNegativeTimeouts();
  exitOnSignals();
  exitWhenUnread();
  try {
    await program.parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? exitCode.ok : exitCode.usage;
  }
  // All is closed and written. A socket whose peer does not answer must not keep a finished step alive.
  process.exit();
}

// Images start the command from a snapshot that is taken here, with the code of the steps loaded: see build/snapshot.ts.
if (startupSnapshot.isBuildingSnapshot()) startupSnapshot.setDeserializeMainFunction(() => void main());
else void main();

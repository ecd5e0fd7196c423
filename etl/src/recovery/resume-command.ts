import { hostname, userInfo } from 'node:os';

import type { Command } from '@commander-js/extra-typings';

import type { Decision } from './decide-position.ts';
import type { Context } from '../program/context.ts';
import { UsageError } from '../failures/errors.ts';
import type { Resumed } from './resume.ts';
import { jsonOption, perform, print } from '../program/perform.ts';

/** `etl resume`: the only way on from an integrity stop. */
export function addResumeCommand(program: Command): void {
  program
    .command('resume')
    .description(
      'accept a loss, another Kafka cluster or a batch full of rejects, so that the pipeline goes on after an integrity stop',
    )
    .option('--accept-loss', 'go on without the records of a partition that are lost')
    .option('--partition <number>', 'the partition, with --accept-loss')
    .option('--accept-cluster', 'read the topic from the Kafka cluster that the settings lead to')
    .option('--accept-rejects', 'let the halted range pass, its rejects into quarantine')
    .requiredOption('--reason <text>', 'why; it is kept with the incident')
    .option('--by <name>', 'who decides (the account and machine that run this)')
    .option('--dry-run', 'only report what would be done', false)
    .addOption(jsonOption())
    .action(async ({ acceptLoss, acceptCluster, acceptRejects, partition, reason, by, dryRun, json }) =>
      perform(json, async (context) => {
        const decision = { by: required('--by', by ?? whoami()), reason: required('--reason', reason), dryRun };
        if ([acceptLoss, acceptCluster, acceptRejects].filter((flag) => flag === true).length !== 1) {
          throw new UsageError(
            'etl resume needs one of --accept-loss (with --partition), --accept-cluster and --accept-rejects',
          );
        }
        const resumed = await chosen({ acceptLoss, acceptCluster, partition }, context, decision);
        print(json ? JSON.stringify(resumed) : `${dryRun ? 'would do: ' : ''}${resumed.message}`);
      }),
    );
}

interface Choice {
  readonly acceptLoss?: true | undefined;
  readonly acceptCluster?: true | undefined;
  readonly partition?: string | undefined;
}

async function chosen(choice: Choice, context: Context, decision: Decision): Promise<Resumed> {
  if (choice.acceptCluster === true) {
    const { acceptCluster } = await import('./accept-cluster.ts');
    return acceptCluster(context, decision);
  }
  const resume = await import('./resume.ts');
  return choice.acceptLoss === true
    ? resume.acceptLoss(context, partitionOf(choice.partition), decision)
    : resume.acceptRejects(context, decision);
}

/** Asked for when it is needed: the command starts from a snapshot made on another machine. Not every container's user has a name. */
function whoami(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    return hostname();
  }
}

function partitionOf(text: string | undefined): number {
  if (text !== undefined && /^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError(`--accept-loss needs --partition with the partition's number, as 0; got ${text ?? 'none'}`);
}

function required(flag: string, text: string): string {
  if (text.trim() !== '') return text.trim();
  throw new UsageError(`${flag} must not be empty`);
}

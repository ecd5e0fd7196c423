import type { Command } from '@commander-js/extra-typings';

import { checkedBatchId } from '../batch/batch-id.ts';
import { stepNames, type StepName } from '../batch/batch.ts';
import { kindOfRun } from '../batch/run-kind.ts';
import { runStep } from '../pipeline.ts';
import type { Context } from '../program/context.ts';
import { jsonOption, perform, print } from '../program/perform.ts';
import { describeSummary, summarize } from './summary.ts';

const stepHelp: Record<StepName, string> = {
  extract: 'plan the batch, if it is new, and read its records from Kafka',
  validate: 'split the records into valid transactions and rejected ones',
  transform: 'compute tax, base amounts and fraud decisions, and settle duplicates',
  load: 'write everything in one transaction and move the positions',
};

/** `etl extract`, `validate`, `transform` and `load`, and `etl run` for all four. */
export function addRunCommands(program: Command): void {
  for (const step of stepNames) {
    program
      .command(step)
      .description(stepHelp[step])
      .requiredOption('--batch <id>', 'the batch; the same id always means the same records')
      .addOption(jsonOption())
      .action(async ({ batch, json }) => perform(json, async (context) => oneStep(context, step, batch, json)));
  }
  program
    .command('run')
    .description('run all four steps')
    .option('--batch <id>', 'the batch; without it a new one')
    .option('--until-empty', 'go on with new batches until nothing is left to read')
    .addOption(jsonOption())
    .action(async ({ batch, untilEmpty = false, json }) =>
      perform(json, async (context) => {
        const { runBatches } = await import('./run-batches.ts');
        const firstId = batch === undefined ? undefined : checkedBatchId(batch);
        for await (const { batch: done, durationMs } of runBatches(context, firstId, untilEmpty)) {
          const summary = summarize(done, 'run', durationMs);
          print(json ? JSON.stringify(summary) : describeSummary(done, summary));
        }
      }),
    );
}

async function oneStep(context: Context, step: StepName, id: string, json: boolean): Promise<void> {
  const startedMs = performance.now();
  const batch = await runStep(context, step, checkedBatchId(id), kindOfRun(context.config.airflow.runId));
  const summary = summarize(batch, step, performance.now() - startedMs);
  print(json ? JSON.stringify(summary) : describeSummary(batch, summary));
}

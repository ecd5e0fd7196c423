import type { Command } from '@commander-js/extra-typings';

import { guarded, jsonOption, print } from '../program/perform.ts';

/** `etl topics`. */
export function addTopicsCommand(program: Command): void {
  program
    .command('topics')
    .description('create the Kafka topics that are missing, and show where the others differ from the settings')
    .option('--apply', 'change them to what the settings name', false)
    .addOption(jsonOption())
    .action(async ({ apply, json }) =>
      guarded(json, async (config, logger) => {
        const { ensureTopics } = await import('./ensure-topics.ts');
        const report = await ensureTopics(config.kafka, apply, logger);
        if (json) return print(JSON.stringify(report));
        const { created, present, differences } = report;
        print(`topics created: ${created.join(', ') || 'none'}; there: ${present.join(', ') || 'none'}`);
        for (const { topic, setting, wanted, found } of differences) {
          print(`${topic}: ${setting} was ${found}, ${apply ? 'is now' : 'etl topics --apply sets'} ${wanted}`);
        }
      }),
    );
}

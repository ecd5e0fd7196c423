import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { kafkaJava } from '../kafka/java.ts';
import { ensureFolder } from '../process/private-folder.ts';
import { root } from '../setup/paths.ts';
import { pythonProgram } from '../setup/python.ts';
import type { Settings } from '../setup/settings.ts';
import { shellWord } from '../setup/shell-word.ts';

/** Writes the stack's commands, which a container would have on its PATH. */
export async function writeCommands(settings: Settings): Promise<void> {
  const { folders, kafkaServers } = settings;
  await ensureFolder(folders.bin);
  const kafka = (mainClass: string): readonly string[] => [
    'java',
    ...kafkaJava(mainClass, ['--bootstrap-server', kafkaServers]),
  ];
  const commands: Readonly<Record<string, readonly string[]>> = {
    etl: [join(root, 'etl', 'dist', 'etl')],
    producer: [process.execPath, join(root, 'producer', 'dist', 'producer.mjs')],
    migrate: [process.execPath, join(root, 'migrations', 'dist', 'migrate.mjs')],
    airflow: [pythonProgram('venv', 'airflow')],
    'kafka-topics': kafka('org.apache.kafka.tools.TopicCommand'),
    'kafka-console-consumer': kafka('org.apache.kafka.tools.consumer.ConsoleConsumer'),
    'kafka-console-producer': kafka('org.apache.kafka.tools.ConsoleProducer'),
    'kafka-consumer-groups': kafka('org.apache.kafka.tools.consumer.group.ConsumerGroupCommand'),
    'kafka-get-offsets': kafka('org.apache.kafka.tools.GetOffsetShell'),
  };
  for (const [name, command] of Object.entries(commands)) {
    const file = join(folders.bin, name);
    await writeFile(file, `#!/bin/sh\nexec ${command.map(shellWord).join(' ')} "$@"\n`);
    await chmod(file, 0o755);
  }
}

import { rename, rm, stat } from 'node:fs/promises';

import { installKafkaJars, kafkaJars } from './jars.ts';
import { archiveClasses, quickJvm } from './java.ts';
import { startKafka } from './server.ts';

/**
 * Makes the archive of loaded classes, which halves a broker's start-up time (0.9 s instead of 1.6 s). A temporary broker
 * runs once and writes it when it ends. If the JVM can not make one, brokers start without it.
 */
export async function makeClassArchive(): Promise<void> {
  await installKafkaJars();
  if (await stat(kafkaJars.archive).catch(() => undefined)) return;
  const partial = `${kafkaJars.archive}.${process.pid}`;
  try {
    const kafka = await startKafka({ jvm: [...quickJvm, archiveClasses(partial)] });
    await kafka.stop();
    await rename(partial, kafkaJars.archive);
  } catch {
    await rm(partial, { force: true });
  }
}

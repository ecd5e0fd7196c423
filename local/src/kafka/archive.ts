import { rename, rm, stat } from 'node:fs/promises';

import { installKafkaJars, kafkaJars } from './jars.ts';
import { archiveClasses, quickJvm } from './java.ts';
import { startKafka } from './server.ts';

/**
 * Makes the archive of loaded classes that halves a broker's time to start (0.9 s in place of 1.6 s): a throw-away
 * broker runs once and writes it as it ends. A JVM that can not make one goes without.
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

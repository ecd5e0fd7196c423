import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { execa } from 'execa';

const project = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'kafka');
const installed = join(project, '..', '..', '.local', 'kafka');

/** Kafka's jars, log settings and start-up archive on this machine. */
export interface KafkaJars {
  readonly classPath: string;
  readonly logSettings: string;
  /** Classes in the form that the JVM keeps in memory; halves the start-up time. Missing until it is first made. */
  readonly archive: string;
}

export const kafkaJars: KafkaJars = {
  classPath: join(installed, 'libs', '*'),
  logSettings: join(project, 'log4j2.properties'),
  archive: join(installed, 'classes.jsa'),
};

/**
 * Fetches Kafka's jars with Maven, unless those of local/kafka/pom.xml are installed.
 * Two calls at once are safe: a rename makes the complete folder visible.
 */
export async function installKafkaJars(): Promise<void> {
  const libs = join(installed, 'libs');
  if (await isNewer(libs, join(project, 'pom.xml'))) return;
  const partial = join(installed, `libs.${process.pid}`);
  await mkdir(partial, { recursive: true });
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${partial}`];
  await execa('mvn', ['-q', '-B', '-f', join(project, 'pom.xml'), ...goal], { all: true, timeout: 300_000 });
  await rm(libs, { recursive: true, force: true });
  await rm(kafkaJars.archive, { force: true });
  await rename(partial, libs).catch(() => rm(partial, { recursive: true, force: true }));
}

async function isNewer(file: string, than: string): Promise<boolean> {
  const [made, source] = await Promise.all([stat(file).catch(() => undefined), stat(than)]);
  return made !== undefined && made.mtimeMs >= source.mtimeMs;
}

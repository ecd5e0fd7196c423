import { kafkaJars } from './jars.ts';

/** A small heap and a quick start: for tests and for short-lived tools. */
export const quickJvm: readonly string[] = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

/** For a broker that keeps running: the same heap with the full compiler. */
export const steadyJvm: readonly string[] = ['-Xmx512m', '-XX:+UseSerialGC'];

/** Makes the JVM write its loaded classes when it ends, for `SharedArchiveFile` of the next JVM. */
export const archiveClasses = (file: string): string => `${archiveFlag}=${file}`;

/** The arguments of `java` that run one of Kafka's main classes. */
export function kafkaJava(mainClass: string, args: readonly string[], jvm: readonly string[] = quickJvm): string[] {
  const writesArchive = jvm.some((flag) => flag.startsWith(archiveFlag));
  return [
    ...jvm,
    // The JVM ignores an archive that is missing or was made by another JVM, without a warning.
    '-Xshare:auto',
    '-Xlog:disable',
    '-Xlog:all=error:stderr',
    ...(writesArchive ? [] : [`-XX:SharedArchiveFile=${kafkaJars.archive}`]),
    `-Dlog4j2.configurationFile=${kafkaJars.logSettings}`,
    '-cp',
    kafkaJars.classPath,
    mainClass,
    ...args,
  ];
}

const archiveFlag = '-XX:ArchiveClassesAtExit';

import { kafkaJars } from './jars.ts';

/** A small heap and quick to start: the right choice for tests and for tools that run for a moment. */
export const quickJvm: readonly string[] = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

/** For a broker that stays: the same heap, with the compiler that pays off later. */
export const steadyJvm: readonly string[] = ['-Xmx512m', '-XX:+UseSerialGC'];

/** Makes the JVM write the classes it has loaded when it ends, for `SharedArchiveFile` of the next one. */
export const archiveClasses = (file: string): string => `${archiveFlag}=${file}`;

/** The arguments of `java` that run one of Kafka's main classes. */
export function kafkaJava(mainClass: string, args: readonly string[], jvm: readonly string[] = quickJvm): string[] {
  const writesArchive = jvm.some((flag) => flag.startsWith(archiveFlag));
  return [
    ...jvm,
    // An archive that is missing or of another JVM is passed over, silently.
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

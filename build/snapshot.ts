/**
 * Makes a command of a bundled program that starts from a snapshot of its heap: everything it imports is loaded already, and
 * what it has run before the snapshot was taken is compiled.
 * Usage: node build/snapshot.ts PROGRAM.cjs
 * Leaves PROGRAM, an executable, and PROGRAM.blob, which it needs, beside the bundle; the bundle itself it needs no more.
 * Both belong to the Node that runs this script: a snapshot of another version is refused at the start.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { argv, execPath, stderr } from 'node:process';

/**
 * How V8 is to work for a program that ends soon. A small young generation, and an old one that is tidied up when it has grown
 * by half, at once and not bit by bit while more garbage comes: a step of a million messages then takes little more memory than
 * one of a tenth of them. One thread helps it: more are for long programs, and each takes time to start. Nothing is compiled
 * aside: a compiler in a thread of its own may wait for the main thread to collect garbage, while that one waits for all
 * threads to end (https://github.com/nodejs/node/issues/54918), and the program would never end. So it is compiled later, too: a
 * batch of a thousand messages is over before that pays.
 */
const engineFlags = [
  '--max-semi-space-size=8',
  '--no-incremental-marking',
  '--heap-growing-percent=50',
  '--v8-pool-size=1',
  '--no-concurrent-recompilation',
  '--no-concurrent-sparkplug',
  '--invocation-count-for-maglev=1600',
  '--invocation-count-for-turbofan=12000',
];
/** glibc then asks Linux for large pages: a snapshot of megabytes is read without a fault for every 4 KB. */
const memoryTunables = 'glibc.malloc.hugetlb=1';

const [, , bundle] = argv;
if (bundle === undefined || !bundle.endsWith('.cjs')) throw new Error('usage: node build/snapshot.ts PROGRAM.cjs');

const program = resolve(bundle.slice(0, -'.cjs'.length));
const name = basename(program);
// What is there already stays whole until all of the new one is.
const folder = mkdtempSync(join(dirname(program), `.${name}-`));
try {
  const blob = takeSnapshot(true) ?? takeSnapshot(false);
  if (blob === undefined) throw new Error(`${name} does not start from a snapshot: see above`);
  renameSync(blob, `${program}.blob`);
  renameSync(writeLauncher(), program);
} finally {
  rmSync(folder, { recursive: true });
}

/** @returns the file, or undefined where the program does not start from it. */
function takeSnapshot(withCode: boolean): string | undefined {
  const blob = join(folder, 'blob');
  const config = join(folder, 'config.json');
  writeFileSync(config, JSON.stringify({ builder: resolve(bundle ?? ''), withoutCodeCache: !withCode }));
  try {
    // Node warns about built-in modules that it does not test in snapshots; tests of the command do that here.
    execFileSync(execPath, ['--no-warnings', '--snapshot-blob', blob, '--build-snapshot-config', config]);
    if (withCode) dropCodeOfNode(blob);
    execFileSync(execPath, [...engineFlags, '--snapshot-blob', blob, name, '--help']);
    return blob;
  } catch (error) {
    stderr.write(`a snapshot with${withCode ? '' : 'out'} compiled code can not be used: ${String(error)}\n`);
    return undefined;
  }
}

function writeLauncher(): string {
  const flags = [...engineFlags, '--snapshot-blob', `${program}.blob`].map(shellWord).join(' ');
  const launcher = join(folder, name);
  // The word before the arguments stands where a script's path would.
  const lines = [
    '#!/bin/sh',
    `export GLIBC_TUNABLES="\${GLIBC_TUNABLES-${memoryTunables}}"`,
    `exec ${shellWord(execPath)} ${flags} ${name} "$@"`,
  ];
  writeFileSync(launcher, `${lines.join('\n')}\n`);
  chmodSync(launcher, 0o755);
  return launcher;
}

/**
 * With its own code compiled, a program gets that of all of Node's modules, too: 4 MB that take longer to read at each start
 * than they save, and that belong to one model of processor. They stand at the end of the file (Node 24,
 * src/node_snapshotable.cc) and are left out here, as if the snapshot had been taken without; V8's bytecode runs anywhere.
 * @throws Error where the file is laid out in another way.
 */
function dropCodeOfNode(blob: string): void {
  const file = readFileSync(blob);
  // A number and a kind, then texts: Node's version, architecture and platform.
  const flagsAt = endOfPiece(file, endOfPiece(file, endOfPiece(file, 5)));
  if (flagsAt + 8 > file.length) throw new Error('no flags where Node 24 has them');
  // Flags, then V8's part behind its size.
  let codeAt = flagsAt + 8 + file.readUInt32LE(flagsAt + 4);
  while (codeAt < file.length && !isCodeOfNode(file, codeAt)) codeAt += 1;
  if (codeAt >= file.length) throw new Error('no compiled code where Node 24 has it');
  const withoutCodeCache = 1;
  file.writeUInt32LE(withoutCodeCache, flagsAt);
  writeFileSync(blob, Buffer.concat([file.subarray(0, codeAt), Buffer.alloc(8)]));
}

/** Whether a list of names and compiled code begins here: it ends where the file ends. */
function isCodeOfNode(file: Buffer, start: number): boolean {
  if (start + 8 >= file.length) return false;
  let left = file.readBigUInt64LE(start);
  let at = start + 8;
  for (; left > 0n && at < file.length; left -= 1n) at = endOfPiece(file, endOfPiece(file, at));
  return left === 0n && at === file.length;
}

/** Where a piece that begins with its length in 8 bytes ends. */
function endOfPiece(file: Buffer, start: number): number {
  return start + 8 > file.length ? Infinity : start + 8 + Number(file.readBigUInt64LE(start));
}

/** Text as one word of a shell command. */
function shellWord(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

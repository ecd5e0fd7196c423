/**
 * Makes a command of a bundled program that starts from a snapshot of its heap, in which everything that it imports is loaded
 * already: `node --build-snapshot-config` and `node --snapshot-blob`. Why, and what it saves: docs/decisions/0003-start-up.md.
 * Usage: node build/snapshot.ts PROGRAM.cjs
 * Leaves PROGRAM, an executable, and PROGRAM.blob, which it needs, beside the bundle, which is needed no more.
 * Both belong to the Node that runs this script: a snapshot of another version is refused at the start.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { argv, execPath } from 'node:process';

const flags = [
  // A thread that compiles can keep a process from ending, for ever: https://github.com/nodejs/node/issues/54918
  '--no-concurrent-recompilation',
  // Keeps a step of 1,000,000 messages at 215 MB instead of 287 (transform).
  '--max-semi-space-size=16',
];

const [, , bundle] = argv;
if (bundle === undefined || !bundle.endsWith('.cjs')) throw new Error('usage: node snapshot.ts PROGRAM.cjs');

const program = resolve(bundle.slice(0, -'.cjs'.length));
const name = basename(program);
// What is there already stays whole until all of the new one is.
const folder = mkdtempSync(join(dirname(program), `.${name}-`));
try {
  const blob = takeSnapshot(resolve(bundle));
  execFileSync(execPath, [...flags, '--snapshot-blob', blob, name, '--help']);
  renameSync(blob, `${program}.blob`);
  renameSync(writeLauncher(), program);
} finally {
  rmSync(folder, { recursive: true });
}

function takeSnapshot(builder: string): string {
  const blob = join(folder, 'blob');
  const config = join(folder, 'config.json');
  // Compiled code would bind the snapshot to one model of processor.
  writeFileSync(config, JSON.stringify({ builder, withoutCodeCache: true }));
  // Node warns about built-in modules that it does not test in snapshots; tests of the command do that here.
  execFileSync(execPath, ['--no-warnings', '--snapshot-blob', blob, '--build-snapshot-config', config]);
  return blob;
}

function writeLauncher(): string {
  const launcher = join(folder, name);
  const start = [execPath, ...flags, '--snapshot-blob', `${program}.blob`].map(shellWord).join(' ');
  // The word before the arguments stands where a script's path would.
  writeFileSync(launcher, `#!/bin/sh\nexec ${start} ${name} "$@"\n`);
  chmodSync(launcher, 0o755);
  return launcher;
}

/** Text as one word of a shell command. */
function shellWord(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

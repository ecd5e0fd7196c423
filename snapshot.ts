/**
 * Makes a command of a bundled program that starts from a snapshot of its heap: everything it imports is loaded already.
 * Usage: node snapshot.ts PROGRAM.cjs
 * Leaves PROGRAM, an executable, and PROGRAM.blob, which it needs, beside the bundle; the bundle itself it needs no more.
 * Both belong to the Node that runs this script: a snapshot of another version is refused at the start.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { argv, execPath } from 'node:process';

const [, , bundle] = argv;
if (bundle === undefined || !bundle.endsWith('.cjs')) throw new Error('usage: node snapshot.ts PROGRAM.cjs');

const program = resolve(bundle.slice(0, -'.cjs'.length));
const blob = `${program}.blob`;
const config = `${program}.snapshot.json`;
// Without V8's cache of compiled code the snapshot does not depend on the processor that it was made on.
writeFileSync(config, JSON.stringify({ builder: resolve(bundle), withoutCodeCache: true }));
try {
  // Node warns about built-in modules that it does not test in snapshots; tests of the command do that here.
  execFileSync(execPath, ['--no-warnings', '--snapshot-blob', blob, '--build-snapshot-config', config]);
} finally {
  rmSync(config);
}

/** A small young generation keeps a step of a million messages below 300 MB, at no cost in time. */
const flags = ['--max-semi-space-size=4', '--snapshot-blob', blob].map(shellWord).join(' ');
// The word before the arguments stands where a script's path would.
writeFileSync(program, `#!/bin/sh\nexec ${shellWord(execPath)} ${flags} ${basename(program)} "$@"\n`);
chmodSync(program, 0o755);

/** Text as one word of a shell command. */
function shellWord(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

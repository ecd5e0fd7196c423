/**
 * Makes a command of a bundled program that starts from a snapshot of its heap: everything it imports is loaded already, and
 * what it has run before the snapshot was taken is compiled.
 * Usage: node snapshot.ts PROGRAM.cjs
 * Leaves PROGRAM, an executable, and PROGRAM.blob, which it needs, beside the bundle; the bundle itself it needs no more.
 * Both belong to the Node that runs this script: a snapshot of another version is refused at the start.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { argv, execPath } from 'node:process';

const [, , bundle] = argv;
if (bundle === undefined || !bundle.endsWith('.cjs')) throw new Error('usage: node snapshot.ts PROGRAM.cjs');

const program = resolve(bundle.slice(0, -'.cjs'.length));
const blob = `${program}.blob`;
const config = `${program}.snapshot.json`;

takeSnapshot({ withCode: true });
if (!dropCodeOfNode() || !starts()) takeSnapshot({ withCode: false });

/** A small young generation keeps a step of a million messages below 300 MB, at no cost in time. */
const flags = ['--max-semi-space-size=4', '--snapshot-blob', blob].map(shellWord).join(' ');
// The word before the arguments stands where a script's path would.
writeFileSync(program, `#!/bin/sh\nexec ${shellWord(execPath)} ${flags} ${basename(program)} "$@"\n`);
chmodSync(program, 0o755);

function takeSnapshot({ withCode }: { readonly withCode: boolean }): void {
  writeFileSync(config, JSON.stringify({ builder: resolve(bundle ?? ''), withoutCodeCache: !withCode }));
  try {
    // Node warns about built-in modules that it does not test in snapshots; tests of the command do that here.
    execFileSync(execPath, ['--no-warnings', '--snapshot-blob', blob, '--build-snapshot-config', config]);
  } finally {
    rmSync(config);
  }
}

/**
 * With its own code compiled, a program gets that of all of Node's modules, too: 4 MB that take longer to read at each start
 * than they save, and that belong to one model of processor. They stand at the end of the file (Node 24,
 * src/node_snapshotable.cc) and are left out here, as if the snapshot had been taken without; V8's bytecode runs anywhere.
 * @returns false where the file is laid out in another way.
 */
function dropCodeOfNode(): boolean {
  const file = readFileSync(blob);
  // A number and a kind, then texts: Node's version, architecture and platform.
  const flagsAt = endOfPiece(file, endOfPiece(file, endOfPiece(file, 5)));
  if (flagsAt + 8 > file.length) return false;
  // Flags, then V8's part behind its size.
  let codeAt = flagsAt + 8 + file.readUInt32LE(flagsAt + 4);
  while (codeAt < file.length && !isCodeOfNode(file, codeAt)) codeAt += 1;
  if (codeAt >= file.length) return false;
  const withoutCodeCache = 1;
  file.writeUInt32LE(withoutCodeCache, flagsAt);
  writeFileSync(blob, Buffer.concat([file.subarray(0, codeAt), Buffer.alloc(8)]));
  return true;
}

/** Whether a list of names and compiled code begins here: it ends where the file ends. */
function isCodeOfNode(file: Buffer, start: number): boolean {
  if (start + 8 >= file.length) return false;
  let at = start + 8;
  for (let left = file.readBigUInt64LE(start); left > 0n && at < file.length; left -= 1n) {
    at = endOfPiece(file, endOfPiece(file, at));
  }
  return at === file.length;
}

/** Where a piece that begins with its length in 8 bytes ends. */
function endOfPiece(file: Buffer, start: number): number {
  return start + 8 > file.length ? Infinity : start + 8 + Number(file.readBigUInt64LE(start));
}

function starts(): boolean {
  try {
    execFileSync(execPath, ['--snapshot-blob', blob, basename(program), '--help']);
    return true;
  } catch {
    return false;
  }
}

/** Text as one word of a shell command. */
function shellWord(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

#!/usr/bin/env bash
# @sparticuz/chromium 153.0.0: two processes that ask for the browser at the same time.
#
# Expected: inflate() resolves with the path of a whole file, whatever other process unpacks it.
# Seen:     the second process finds the file that the first one has begun to write, takes it for unpacked, and resolves at
#           once with a path to a part of the browser. Test runners that start a browser per worker meet this on a new machine.
# Way round: unpack in a folder of one's own (TMPDIR) and rename the folder when it is whole.
# Needs Node.js 20 or newer (a Node 24 comes from npm) and Linux on x64. Ends with 0 while this is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true,"type":"module"}' >package.json
npm install --silent --no-audit --no-fund node@24.21.0 @sparticuz/chromium@153.0.0
cat >twice.js <<'JS'
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const program = `
  import { statSync } from 'node:fs';
  import { inflate } from '@sparticuz/chromium';
  const path = await inflate('node_modules/@sparticuz/chromium/bin/chromium.br');
  console.log(statSync(path).size);`;
const file = `${process.env.TMPDIR}/chromium`;
const unpack = () => {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  return once(child, 'close').then(() => Number(output));
};
const first = unpack();
for (let tries = 0; tries < 2000 && !(existsSync(file) && statSync(file).size > 0); tries += 1) await pause(1);
const second = await unpack();
console.log(JSON.stringify({ second, whole: await first }));
JS
mkdir out
seen=$(TMPDIR=$folder/out node_modules/.bin/node twice.js)
echo "sizes that each process was given, in bytes: $seen"
node -e '
  const { second, whole } = JSON.parse(process.argv[1]);
  const isHalf = second > 0 && second < whole;
  console.log(isHalf ? "as described: the second process was given a part of the file" : "no longer as described");
  process.exit(isHalf ? 0 : 1);' "$seen"

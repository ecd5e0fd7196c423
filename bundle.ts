/**
 * Bundles one program into one file, so that a step of a batch starts in a fraction of a second.
 * Usage, in a package's folder: node ../bundle.ts src/main.ts dist/NAME.mjs
 */
import { argv } from 'node:process';

import { build } from 'esbuild';

const [, , entry, outfile] = argv;
if (entry === undefined || outfile === undefined) throw new Error('usage: node ../bundle.ts ENTRY OUTFILE');

await build({
  entryPoints: [entry],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  // Names stay, for stack traces; the rest shrinks, for Node parses all of it on each start.
  minifySyntax: true,
  minifyWhitespace: true,
  sourcemap: 'linked',
  legalComments: 'none',
  logLevel: 'warning',
  // kafkajs and pg are CommonJS: they call require() for Node's own modules.
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  // Optional native parts that pg and kafkajs look for and do without.
  external: ['pg-native'],
});

/**
 * Bundles one program into one file, so that it starts in a fraction of a second.
 * Usage, in a package's folder: node ../build/bundle.ts src/main.ts dist/NAME.mjs, or dist/NAME.cjs to make a snapshot of
 */
import { argv } from 'node:process';

import { build } from 'esbuild';

const [, , entry, outfile] = argv;
if (entry === undefined || outfile === undefined) throw new Error('usage: node ../build/bundle.ts ENTRY OUTFILE');

const isModule = outfile.endsWith('.mjs');

await build({
  entryPoints: [entry],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node24',
  // A snapshot knows require() only.
  supported: { 'dynamic-import': isModule },
  format: isModule ? 'esm' : 'cjs',
  // Names stay, for stack traces; the rest shrinks, for Node parses all of it on each start.
  minifySyntax: true,
  minifyWhitespace: true,
  sourcemap: isModule && 'linked',
  legalComments: 'none',
  logLevel: 'warning',
  // kafkajs and pg are CommonJS: they call require() for Node's own modules.
  banner: isModule
    ? { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" }
    : {},
  // Optional native parts that pg and kafkajs look for and do without.
  external: ['pg-native'],
});

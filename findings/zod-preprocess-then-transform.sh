#!/usr/bin/env bash
# zod 4.6.7: a preprocessed field that is also transformed is missing from the "required" list of its JSON Schema.
#
# Expected: z.toJSONSchema(schema, { io: 'input' }) lists a field under `required` exactly where the schema refuses an object
#           without it, wherever in the field's chain of steps the preprocessing stands.
# Seen:     z.preprocess(f, z.string()) is listed, as since colinhacks/zod#6133. With .transform(g) or .pipe(s) behind it, the
#           field is no longer listed, although an object without it is refused as before. Producers who go by the published schema
#           may leave out what the reader insists on.
# Way round: put the transform inside: z.preprocess(f, z.string().transform(g)).
# Needs Node.js 20 or newer. Ends with 0 while this is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true,"type":"module"}' >package.json
npm install --silent --no-audit --no-fund zod@4.6.7
cat >required.js <<'JS'
import { createRequire } from 'node:module';
import * as z from 'zod';

const asText = (value) => (typeof value === 'number' ? String(value) : value);
const trim = (text) => text.trim();
const fields = {
  preprocessed: z.preprocess(asText, z.string()),
  'transformed inside': z.preprocess(asText, z.string().transform(trim)),
  'transformed behind': z.preprocess(asText, z.string()).transform(trim),
  'piped behind': z.preprocess(asText, z.string()).pipe(z.string()),
};
console.log('zod', createRequire(import.meta.url)('zod/package.json').version);
const seen = Object.entries(fields).map(([name, field]) => {
  const schema = z.object({ amount: field });
  const isListed = (z.toJSONSchema(schema, { io: 'input' }).required ?? []).includes('amount');
  const isRefused = !schema.safeParse({}).success;
  console.log(`${name}: ${isListed ? 'listed' : 'not listed'} as required, {} is ${isRefused ? 'refused' : 'accepted'}`);
  return isListed === isRefused;
});
const isAsDescribed = JSON.stringify(seen) === JSON.stringify([true, true, false, false]);
console.log(isAsDescribed ? 'as described: schema and parser disagree' : 'no longer as described');
process.exit(isAsDescribed ? 0 : 1);
JS
node required.js

/** Writes transaction.schema.json and docs/asyncapi.yaml: `pnpm --filter @pulse/contract run generate`. */
import { writeFile } from 'node:fs/promises';

import { asyncApiText } from './asyncapi.ts';
import { transactionJsonSchemaText } from './json-schema.ts';

await writeFile(new URL('../transaction.schema.json', import.meta.url), transactionJsonSchemaText());
await writeFile(new URL('../../../docs/asyncapi.yaml', import.meta.url), asyncApiText());

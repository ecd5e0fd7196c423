/** Writes transaction.schema.json from the zod schema: `pnpm --filter @pulse/contract generate`. */
import { writeFile } from 'node:fs/promises';

import { transactionJsonSchemaText } from './json-schema.ts';

await writeFile(new URL('../transaction.schema.json', import.meta.url), transactionJsonSchemaText());

import * as z from 'zod';

import { transactionMessage } from './transaction.ts';

/** The contract as JSON Schema, for producers in other languages. It describes what may be sent. */
export function transactionJsonSchema(): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(transactionMessage, { io: 'input', unrepresentable: 'throw' });
}

/** The text of the committed file. */
export function transactionJsonSchemaText(): string {
  return `${JSON.stringify(transactionJsonSchema(), null, 2)}\n`;
}

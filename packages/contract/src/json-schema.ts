import * as z from 'zod';

import { transactionMessage } from './transaction.ts';

/** The contract as JSON Schema, for producers in other languages. It describes what may be sent. */
export function transactionJsonSchema(): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(transactionMessage, {
    io: 'input',
    unrepresentable: 'throw',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema === transactionMessage) jsonSchema.required = requiredFields();
    },
  });
}

/** zod takes a field for optional as soon as its value is changed before it is checked, so ask each field itself. */
function requiredFields(): string[] {
  return Object.entries(transactionMessage.shape)
    .filter(([, field]) => !field.safeParse(undefined).success)
    .map(([name]) => name);
}

/** The text of the committed file. */
export function transactionJsonSchemaText(): string {
  return `${JSON.stringify(transactionJsonSchema(), null, 2)}\n`;
}

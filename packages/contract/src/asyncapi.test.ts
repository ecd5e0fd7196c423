import { readFileSync } from 'node:fs';

import specs from '@asyncapi/specs';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';

import { asyncApiText } from './asyncapi.ts';
import { transactionJsonSchema } from './json-schema.ts';

const text = readFileSync(new URL('../../../docs/asyncapi.yaml', import.meta.url), 'utf8');

test('docs/asyncapi.yaml is what the contract generates (else run: pnpm --filter @pulse/contract run generate)', () => {
  expect(text).toBe(asyncApiText());
});

test("it is a document by AsyncAPI's own schema", () => {
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  const validate = ajv.compile(z.record(z.string(), z.unknown()).parse(specs.schemasWithoutId['3.0.0']));
  validate(parse(text));
  expect(validate.errors ?? []).toEqual([]);
});

test('its transaction is that of the JSON Schema', () => {
  const { $schema: _, ...schema } = transactionJsonSchema();
  expect(parse(text)).toMatchObject({ components: { messages: { transaction: { payload: schema } } } });
});

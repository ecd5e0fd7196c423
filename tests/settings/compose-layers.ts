import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { isCollection, parseDocument, visit } from 'yaml';
import * as z from 'zod';

const root = join(import.meta.dirname, '../..');

/** The stacks that Compose starts, each with the layers that it is made of. */
export const composeLayers = {
  development: ['docker-compose.yaml', 'docker-compose.dev.yaml'],
  production: ['docker-compose.yaml', 'docker-compose.prod.yaml'],
  test: ['docker-compose.yaml', 'docker-compose.test.yaml'],
} as const;

const service = z.looseObject({ environment: z.record(z.string(), z.coerce.string()).default({}) });
const composeModel = z.looseObject({ services: z.record(z.string(), service) });

/** A stack's layers merged as Compose does it, with each `${VARIABLE}` as it is written. */
export function composeStack(stack: keyof typeof composeLayers): z.output<typeof composeModel> {
  const merged = composeLayers[stack].map(readLayer).reduce<unknown>(merge, {});
  const used = Object.entries(z.record(z.string(), z.unknown()).parse(merged));
  return composeModel.parse(Object.fromEntries(used.filter(([name]) => !name.startsWith('x-'))));
}

/** Compose's own tags, as values that `merge` recognises. */
const reset = '!reset';
const override = '!override';

function readLayer(file: string): unknown {
  const document = parseDocument(readFileSync(join(root, file), 'utf8'), { merge: true, logLevel: 'error' });
  visit(document, {
    Node: (_, node) => {
      if (!('tag' in node)) return undefined;
      if (node.tag === reset) return document.createNode(reset);
      if (node.tag !== override || !isCollection(node)) return undefined;
      return document.createNode({ [override]: node.toJS(document) });
    },
  });
  return document.toJS();
}

/** Maps are merged by key and lists are joined; anything else of the later layer wins. */
function merge(base: unknown, layer: unknown): unknown {
  if (Array.isArray(base) && Array.isArray(layer)) return [...base, ...layer];
  if (!isTree(layer)) return layer;
  if (override in layer) return layer[override];
  const merged: Record<string, unknown> = isTree(base) ? { ...base } : {};
  for (const [key, value] of Object.entries(layer)) {
    if (value === reset) delete merged[key];
    else merged[key] = merge(merged[key], value);
  }
  return merged;
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { parseSync, Visitor } from 'oxc-parser';

/**
 * The files that a TypeScript file imports by a relative path, as paths: values and types, re-exports, `import()` of a value
 * and of a type. Packages are left out.
 * @throws Error where the file is not TypeScript.
 */
export function readImports(file: string): readonly string[] {
  const { program, errors } = parseSync(file, readFileSync(file, 'utf8'));
  const [error] = errors;
  if (error !== undefined) throw new Error(`${file}: ${error.message}`);
  const imported = new Set<string>();
  const add = (source: { readonly type: string; readonly value?: unknown } | null): void => {
    if (typeof source?.value === 'string' && source.value.startsWith('.')) {
      imported.add(join(dirname(file), source.value));
    }
  };
  new Visitor({
    ImportDeclaration: (node) => add(node.source),
    ExportNamedDeclaration: (node) => add(node.source),
    ExportAllDeclaration: (node) => add(node.source),
    ImportExpression: (node) => add(node.source),
    TSImportType: (node) => add(node.source),
  }).visit(program);
  return [...imported];
}

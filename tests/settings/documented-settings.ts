import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where a variable of .env.example has an effect, where that is not everywhere: the mark at the end of its comment. */
const scopes = ['host', 'local', 'containers', 'development', 'production'] as const;
export type Scope = (typeof scopes)[number];

export interface DocumentedSetting {
  readonly name: string;
  readonly value: string;
  readonly comment: string;
  /** Undefined: everywhere. */
  readonly scope: Scope | undefined;
}

const text = readFileSync(join(import.meta.dirname, '../../.env.example'), 'utf8');

/** Each variable of .env.example with the comment above it. */
export const documentedSettings: readonly DocumentedSetting[] = [
  ...text.matchAll(/^(?<comment>(?:# .*\n)?)(?<name>[A-Z][A-Z0-9_]*)=(?<value>.*)$/gm),
].map(({ groups }) => {
  const { comment = '', name = '', value = '' } = groups ?? {};
  const mark = /\[(\w+)\]$/.exec(comment.trim())?.[1];
  const scope = scopes.find((one) => one === mark);
  if (mark !== undefined && scope === undefined)
    throw new Error(`.env.example: ${name} has the unknown mark [${mark}]`);
  return { name, value, comment: comment.trim(), scope };
});

/** Variables that the stack sets itself: they are named in .env.example, but can not be given there. */
export const namesOfTheStack: ReadonlySet<string> = new Set(
  [...text.matchAll(/^#([A-Z][A-Z0-9_]*)$/gm)].map(([, name = '']) => name),
);

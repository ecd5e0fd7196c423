import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { execa } from 'execa';

const root = join(import.meta.dirname, '../../..');
const sources = { etl: 'etl', producer: 'producer', migrate: 'migrations' } as const;

/** The programs as in their images: the etl command, and bundles for Node. */
export type Programs = Readonly<Record<keyof typeof sources, string>>;

/** Bundles the programs of the working copy into a new folder. */
export async function bundlePrograms(folder: string): Promise<Programs> {
  await mkdir(folder);
  const script = async (...args: readonly string[]) => execa(process.execPath, args, { cwd: root });
  const bundle = async (name: keyof typeof sources, kind: 'cjs' | 'mjs'): Promise<string> => {
    const file = join(folder, `${name}.${kind}`);
    await script('build/bundle.ts', join(sources[name], 'src/main.ts'), file);
    return file;
  };
  const [etlBundle, producer, migrate] = await Promise.all([
    bundle('etl', 'cjs'),
    bundle('producer', 'mjs'),
    bundle('migrate', 'mjs'),
  ]);
  await script('build/snapshot.ts', etlBundle);
  const etl = join(folder, 'etl');
  await cp(join(root, 'migrations/sql'), join(folder, 'sql'), { recursive: true });
  return { etl, producer, migrate };
}

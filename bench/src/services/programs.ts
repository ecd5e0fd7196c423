import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { execa } from 'execa';

const root = join(import.meta.dirname, '../../..');
const sources = { etl: 'etl', producer: 'producer', migrate: 'migrations' } as const;

/** The programs as their images have them: one file each. */
export type Programs = Readonly<Record<keyof typeof sources, string>>;

/** Bundles the programs as they stand in the working copy, into a folder that it makes. */
export async function bundlePrograms(folder: string): Promise<Programs> {
  await mkdir(folder);
  const bundle = async (name: keyof typeof sources): Promise<string> => {
    const file = join(folder, `${name}.mjs`);
    await execa(process.execPath, ['bundle.ts', join(sources[name], 'src/main.ts'), file], { cwd: root });
    return file;
  };
  const [etl, producer, migrate] = await Promise.all([bundle('etl'), bundle('producer'), bundle('migrate')]);
  await cp(join(root, 'migrations/sql'), join(folder, 'sql'), { recursive: true });
  return { etl, producer, migrate };
}

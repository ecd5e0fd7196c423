import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The file in a data folder that holds its environment, as in a container's volume: docker/data/environment.sh. */
export const markFile = 'global-sales-pulse.environment';

/** @throws Error if the data of the folder are marked as production's. */
export async function refuseProductionData(folder: string): Promise<void> {
  const mark = (await readFile(join(folder, markFile), 'utf8').catch(() => '')).trim();
  if (mark !== 'production') return;
  throw new Error(
    `the data in ${folder} are production's, and this stack is for development. Nothing was changed. Set another LOCAL_DIR. If the data ` +
      `are development's, write "development" into ${join(folder, markFile)}`,
  );
}

/** Marks the data of an existing folder as development's. @throws Error as above. */
export async function markDevelopmentData(folder: string): Promise<void> {
  await refuseProductionData(folder);
  await writeFile(join(folder, markFile), 'development\n');
}

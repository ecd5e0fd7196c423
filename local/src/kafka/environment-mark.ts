import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The file in a folder of data that says what they are for, as in a container's volume: docker/data/environment.sh. */
export const markFile = 'global-sales-pulse.environment';

/** @throws Error where the data of the folder are marked as production's. */
export async function refuseProductionData(folder: string): Promise<void> {
  const mark = (await readFile(join(folder, markFile), 'utf8').catch(() => '')).trim();
  if (mark !== 'production') return;
  throw new Error(
    `the data in ${folder} are production's, and this stack is for development: nothing was done. Set another LOCAL_DIR; if they ` +
      `are development's, write that into ${join(folder, markFile)}`,
  );
}

/** Marks the data of a folder that is there as development's. @throws Error as above. */
export async function markDevelopmentData(folder: string): Promise<void> {
  await refuseProductionData(folder);
  await writeFile(join(folder, markFile), 'development\n');
}

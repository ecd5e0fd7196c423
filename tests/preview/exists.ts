import { access, constants } from 'node:fs/promises';

/** Whether a file or folder is there, by default in any way, else executable. */
export async function exists(path: string, mode: number = constants.F_OK): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}

import { exitCode } from '@pulse/runtime';

/** A failure of a stack's folder: the message and the exit code. */
export interface FolderFailure {
  readonly message: string;
  readonly exitCode: number;
}

/** Looks through an error and its causes for a folder without write permission, or a full disk. */
export function folderFailure(error: unknown): FolderFailure | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
    // On a read-only file system Node 24 reports ENOENT when it makes several folders at once.
    const isReadOnly = code === 'ENOENT' && 'syscall' in cause && cause.syscall === 'mkdir';
    if (notAllowed.has(code) || isReadOnly) {
      const remedy = 'give this account write permission, or set LOCAL_DIR in .env to another folder';
      return {
        message: `A folder of the stack can not be written to: ${cause.message}\n${remedy}`,
        exitCode: exitCode.usage,
      };
    }
    // A program of the stack reports it in its log; the message holds the end of that log.
    if (diskFull.test(code) || diskFull.test(cause.message)) {
      const remedy =
        'free some space, or set LOCAL_DIR in .env to a folder on another disk; no data are lost, and make dev-up continues';
      return {
        message: `The disk of the stack is full: ${cause.message}\n${remedy}`,
        exitCode: exitCode.temporaryFailure,
      };
    }
  }
  return undefined;
}

const notAllowed: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR']);
const diskFull = /ENOSPC|EDQUOT|No space left on device|Disk quota exceeded/;

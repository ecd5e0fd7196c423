import { exitCode } from '@pulse/runtime';

/** What became of a stack's folder, for people, and the exit code for it. */
export interface FolderFailure {
  readonly message: string;
  readonly exitCode: number;
}

/** An error of a folder that this account may not write to, or of a full disk, among an error and its causes. */
export function folderFailure(error: unknown): FolderFailure | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
    // On a read-only file system Node 24 says ENOENT where several folders are to be made at once.
    const isReadOnly = code === 'ENOENT' && 'syscall' in cause && cause.syscall === 'mkdir';
    if (notAllowed.has(code) || isReadOnly) {
      const remedy = 'give this account the right to, or set LOCAL_DIR in .env to another folder';
      return {
        message: `A folder of the stack can not be written to: ${cause.message}\n${remedy}`,
        exitCode: exitCode.usage,
      };
    }
    // A program of the stack reports it in its log, the end of which stands in the message.
    if (diskFull.test(code) || diskFull.test(cause.message)) {
      const remedy =
        'make room, or set LOCAL_DIR in .env to a folder on another disk; nothing is lost: make dev-up goes on';
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

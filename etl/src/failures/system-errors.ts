import { causesOf, codeOf } from './error-chain.ts';
import type { Failure } from './failure.ts';

/** Errno names of what passes by itself: the network, a full disk, too many open files. */
const temporaryCode =
  /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENOTFOUND|EAI_AGAIN|ENOSPC|EDQUOT|EMFILE|ENFILE)/;

const notAllowedCodes = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR']);

/** What follows from an error of the operating system; undefined for any other error. */
export function systemFailureOf(error: unknown): Failure | undefined {
  const code = codeOf(error) ?? '';
  if (notAllowedCodes.has(code)) {
    return { kind: 'usage', remedy: 'let the account that runs this write there, or name another folder' };
  }
  return temporaryCode.test(code) ? { kind: 'temporary' } : undefined;
}

/** The disk, or this user's quota of it, is full. */
export function isDiskFull(error: unknown): boolean {
  return causesOf(error).some((cause) => isDiskFullCode(codeOf(cause)));
}

/** The same of an error's code, as the ledger keeps it. */
export function isDiskFullCode(code: string | null | undefined): boolean {
  return code === 'ENOSPC' || code === 'EDQUOT';
}

/** A file or folder that this account may not write to, or read. */
export function isNotAllowed(error: unknown): boolean {
  return causesOf(error).some((cause) => notAllowedCodes.has(codeOf(cause) ?? ''));
}

/** A file or folder that was expected is not there. */
export function isMissingFile(error: unknown): boolean {
  return causesOf(error).some((cause) => codeOf(cause) === 'ENOENT');
}

import { UsageError } from '../failures/errors.ts';

const pattern = /^[A-Za-z0-9_.:+~-]{1,200}$/;

/** @throws UsageError unless it is 1–200 characters of letters, digits and `_.:+~-`. */
export function checkedBatchId(text: string): string {
  if (pattern.test(text)) return text;
  throw new UsageError(
    `batch id ${JSON.stringify(text)} is not accepted: use 1 to 200 characters of letters, digits and _ . : + ~ -`,
  );
}

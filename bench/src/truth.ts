import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

import * as z from 'zod';

/** The expected result of a topic, from the producer's ledger, not from the pipeline. */
export interface Truth {
  readonly messages: number;
  readonly valid: number;
  readonly duplicates: number;
  readonly malformed: number;
  /** Sums of valid amounts in ten-thousandths, by currency. */
  readonly amountByCurrency: ReadonlyMap<string, bigint>;
}

const ledgerLine = z.object({ kind: z.string(), amount: z.string(), currency: z.string() });

/** Adds up a ledger that the producer wrote. */
export async function readTruth(ledgerFile: string): Promise<Truth> {
  return addUp(createInterface({ input: createReadStream(ledgerFile) }));
}

/** Adds up lines of a ledger. */
export async function addUp(lines: AsyncIterable<string>): Promise<Truth> {
  const counts = { messages: 0, valid: 0, duplicates: 0, malformed: 0 };
  const amountByCurrency = new Map<string, bigint>();
  for await (const line of lines) {
    const { kind, amount, currency } = ledgerLine.parse(JSON.parse(line));
    counts.messages += 1;
    if (kind === 'duplicate') counts.duplicates += 1;
    else if (kind !== 'valid') counts.malformed += 1;
    else {
      counts.valid += 1;
      amountByCurrency.set(currency, (amountByCurrency.get(currency) ?? 0n) + tenThousandths(amount));
    }
  }
  return { ...counts, amountByCurrency };
}

/** A plain decimal with at most four decimals as a whole number of ten-thousandths: "149.99" is 1499900n. */
export function tenThousandths(decimal: string): bigint {
  const [, integer, fraction = ''] = /^(\d+)(?:\.(\d{1,4}))?$/.exec(decimal) ?? [];
  if (integer === undefined) throw new Error(`not an amount: ${decimal}`);
  return BigInt(integer + fraction.padEnd(4, '0'));
}

/** The differences of two tables of sums, one line each; empty if they are equal. */
export function differingSums(
  expected: ReadonlyMap<string, bigint>,
  found: ReadonlyMap<string, bigint>,
): readonly string[] {
  const currencies = [...new Set([...expected.keys(), ...found.keys()])].sort();
  return currencies
    .filter((currency) => expected.get(currency) !== found.get(currency))
    .map(
      (currency) => `${currency}: ${expected.get(currency) ?? 'none'} sent, ${found.get(currency) ?? 'none'} stored`,
    );
}

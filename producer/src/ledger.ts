import { createHash } from 'node:crypto';
import { appendFileSync, closeSync, fsyncSync, openSync } from 'node:fs';

import type { Acknowledged } from './kafka/publisher.ts';
import type { TrafficRecord } from './traffic/traffic.ts';

/** One line of the ledger. Of a malformed record it has the fields of the message before it was corrupted. */
interface LedgerLine {
  readonly order_id: string;
  readonly key: string;
  readonly amount: string;
  readonly currency: string;
  readonly partition: number;
  readonly offset: number;
  readonly kind: string;
  /** Sent on purpose long after its event time; absent otherwise. */
  readonly late?: true;
  /** Of the bytes of a malformed value, which identify it; null for a record without a value. */
  readonly sha256?: string | null;
}

/** The file of acknowledged messages. A line is written to the file before the next message is sent. */
export interface Ledger extends Disposable {
  readonly append: (acknowledged: Acknowledged<TrafficRecord>) => void;
}

/** Opens the ledger to append to it; without a file name nothing is written. Disposing of it syncs the file to the disk. */
export function openLedger(file: string | undefined): Ledger {
  if (file === undefined) return { append: () => undefined, [Symbol.dispose]: () => undefined };
  const descriptor = openSync(file, 'a');
  return {
    append: (acknowledged) => {
      const lines = acknowledged.records.map((record, index) =>
        JSON.stringify(ledgerLine(acknowledged, record, index)),
      );
      appendFileSync(descriptor, `${lines.join('\n')}\n`);
    },
    [Symbol.dispose]: () => {
      fsyncSync(descriptor);
      closeSync(descriptor);
    },
  };
}

function ledgerLine(
  { partition, baseOffset }: Acknowledged<TrafficRecord>,
  { kind, key, value, message, isLate = false }: TrafficRecord,
  index: number,
): LedgerLine {
  const line = {
    order_id: message.order_id,
    key,
    amount: message.amount,
    currency: message.currency,
    partition,
    offset: Number(baseOffset) + index,
    kind,
    ...(isLate ? { late: true as const } : {}),
  };
  return kind === 'valid' || kind === 'duplicate' ? line : { ...line, sha256: value === null ? null : sha256(value) };
}

function sha256(value: string | Buffer): string {
  return createHash('sha256').update(value).digest('hex');
}

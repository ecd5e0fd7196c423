import type { Logger } from '@pulse/runtime';

import type { Acknowledged } from './kafka/publisher.ts';
import type { Ledger } from './ledger.ts';
import type { Summary } from './summary.ts';
import type { TrafficRecord } from './traffic/traffic.ts';

const progressIntervalMs = 60_000;

/** Counts what Kafka has acknowledged, and passes it on to the ledger and the health file. */
export interface Tally {
  readonly sent: (count: number) => void;
  readonly acknowledged: (acknowledged: Acknowledged<TrafficRecord>) => void;
  readonly labelled: (count: number) => void;
  readonly summary: (seed: number) => Summary;
}

export interface TallyOptions {
  readonly ledger: Ledger;
  readonly health: { readonly acknowledged: (nowMs: number) => void };
  readonly logger: Logger;
}

export function createTally({ ledger, health, logger }: TallyOptions): Tally {
  const startMs = performance.now();
  const counts = { valid: 0, duplicates: 0, malformed: 0 };
  let sent = 0;
  let late = 0;
  let fraudLabels = 0;
  let reportedMs = startMs;

  const acknowledgedCount = () => counts.valid + counts.duplicates + counts.malformed;

  function reportProgress(): void {
    const nowMs = performance.now();
    if (nowMs - reportedMs < progressIntervalMs) return;
    reportedMs = nowMs;
    logger.info({ acknowledged: acknowledgedCount(), ...counts, late, fraudLabels }, 'progress');
  }

  return {
    sent: (count) => {
      sent += count;
    },
    acknowledged: (part) => {
      ledger.append(part);
      for (const { kind, isLate } of part.records) {
        counts[counterOf(kind)] += 1;
        if (isLate === true) late += 1;
      }
      health.acknowledged(Date.now());
      reportProgress();
    },
    labelled: (count) => {
      fraudLabels += count;
    },
    summary: (seed) => {
      const acknowledged = acknowledgedCount();
      const seconds = (performance.now() - startMs) / 1_000;
      return {
        acknowledged,
        ...counts,
        late,
        fraudLabels,
        unknown: sent - acknowledged,
        seconds: Number(seconds.toFixed(3)),
        messagesPerSecond: Math.round(acknowledged / seconds),
        seed,
      };
    },
  };
}

function counterOf(kind: TrafficRecord['kind']): 'valid' | 'duplicates' | 'malformed' {
  if (kind === 'valid') return 'valid';
  return kind === 'duplicate' ? 'duplicates' : 'malformed';
}

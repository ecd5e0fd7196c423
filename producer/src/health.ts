import { closeSync, futimesSync, openSync } from 'node:fs';

const touchIntervalMs = 1_000;

/** Touches the file when Kafka acknowledges something, at most once a second. A health check reads the file's age. */
export function createHealth(file: string | undefined): { readonly acknowledged: (nowMs: number) => void } {
  let touchedMs = -Infinity;
  return {
    acknowledged: (nowMs) => {
      if (file === undefined || nowMs - touchedMs < touchIntervalMs) return;
      touchedMs = nowMs;
      const descriptor = openSync(file, 'a');
      futimesSync(descriptor, nowMs / 1_000, nowMs / 1_000);
      closeSync(descriptor);
    },
  };
}

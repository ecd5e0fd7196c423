import { closeSync, futimesSync, openSync } from 'node:fs';

const touchMsMin = 1_000;

/** Touches the file at an acknowledgement, at most once a second: a health check looks at its age. */
export function createHealth(file: string | undefined): { readonly acknowledged: (nowMs: number) => void } {
  let touchedMs = -Infinity;
  return {
    acknowledged: (nowMs) => {
      if (file === undefined || nowMs - touchedMs < touchMsMin) return;
      touchedMs = nowMs;
      const descriptor = openSync(file, 'a');
      futimesSync(descriptor, nowMs / 1_000, nowMs / 1_000);
      closeSync(descriptor);
    },
  };
}

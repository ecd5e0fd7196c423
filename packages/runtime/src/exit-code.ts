/** Process exit codes, after BSD's sysexits.h. Airflow retries `temporaryFailure` only. */
export const exitCode = {
  ok: 0,
  /** A wrong flag, argument or environment variable: EX_USAGE. */
  usage: 64,
  /** What is stored and what is read no longer fit together: EX_DATAERR. Never retried. */
  integrity: 65,
  /** A fault of the program itself: EX_SOFTWARE. */
  bug: 70,
  /** Kafka, PostgreSQL or the disk is away: EX_TEMPFAIL. Worth a retry. */
  temporaryFailure: 75,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

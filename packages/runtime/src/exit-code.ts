/** Process exit codes, after BSD's sysexits.h. Airflow retries `temporaryFailure` only. */
export const exitCode = {
  ok: 0,
  /** A wrong flag, argument or environment variable: EX_USAGE. */
  usage: 64,
  /** The warehouse and Kafka do not fit together: EX_DATAERR. Never retried. */
  integrity: 65,
  /** A bug of the program: EX_SOFTWARE. */
  bug: 70,
  /** Kafka, PostgreSQL or the disk is unavailable: EX_TEMPFAIL. Worth a retry. */
  temporaryFailure: 75,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

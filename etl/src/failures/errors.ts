import type { IncidentDetails } from '@pulse/migrations/schema';

/** An integrity stop as `etl_incidents` keeps it. */
export interface IncidentFacts {
  readonly kind: string;
  readonly topic: string;
  /** Null where the whole topic is concerned. */
  readonly partition: number | null;
  readonly fromOffset?: bigint | null;
  readonly nextOffset?: bigint | null;
  /** Offsets that can no longer be read; null when unknown. */
  readonly lostCount?: number | null;
  readonly message: string;
  readonly details?: IncidentDetails;
}

/** An incident that is open: just opened, or seen before. */
export interface ReportedIncident {
  readonly incidentId: number;
  readonly isNew: boolean;
}

/**
 * What is stored and what is read contradict each other. Never retried; `remedy` says how to go on. Its incidents are
 * opened when the step ends.
 */
export class IntegrityError extends Error {
  override readonly name = 'IntegrityError';
  readonly kind: string;
  readonly remedy: string;
  readonly incidents: readonly IncidentFacts[];
  /** The rows of its incidents, once they are open. */
  readonly reported: readonly ReportedIncident[];

  constructor(
    kind: string,
    message: string,
    remedy: string,
    incidents: readonly IncidentFacts[],
    reported: readonly ReportedIncident[] = [],
  ) {
    super(message);
    this.kind = kind;
    this.remedy = remedy;
    this.incidents = incidents;
    this.reported = reported;
  }

  /** The same stop, its incidents now open. */
  reportedAs(reported: readonly ReportedIncident[]): IntegrityError {
    return new IntegrityError(this.kind, this.message, this.remedy, this.incidents, reported);
  }
}

/** The command that accepts what is lost of a partition. */
export function acceptLossCommand(partition: number): string {
  return `etl resume --accept-loss --partition ${partition} --reason "…"`;
}

/** Kafka, PostgreSQL or the disk is away for now. Worth a retry; nothing is quarantined for it. */
export class TemporaryError extends Error {
  override readonly name = 'TemporaryError';
}

/** A command, flag or argument that can not be carried out as given. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

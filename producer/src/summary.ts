/** The counts of a run. */
export interface Summary {
  readonly acknowledged: number;
  readonly valid: number;
  readonly duplicates: number;
  readonly malformed: number;
  /** Of the acknowledged: sent on purpose long after their event time, as all of a history. */
  readonly late: number;
  /** Acknowledged records of the topic fraud-labels. */
  readonly fraudLabels: number;
  /** Sent, and not acknowledged before the run was stopped: they may or may not be in the topic. */
  readonly unknown: number;
  readonly seconds: number;
  readonly messagesPerSecond: number;
  readonly seed: number;
}

/** The summary as aligned lines of text. */
export function describeSummary(summary: Summary): string {
  const { acknowledged, valid, duplicates, malformed, late, fraudLabels, unknown, seed } = summary;
  const lines = [
    `acknowledged  ${count(acknowledged)} messages in ${summary.seconds} s (${count(summary.messagesPerSecond)}/s)`,
    `  of these    ${count(valid)} valid, ${count(duplicates)} duplicates, ${count(malformed)} malformed`,
    `late          ${count(late)}`,
    `fraud labels  ${count(fraudLabels)}`,
    `seed          ${seed}`,
  ];
  if (unknown > 0) lines.push(`unknown       ${count(unknown)} sent and not acknowledged`);
  return lines.join('\n');
}

function count(value: number): string {
  return value.toLocaleString('en');
}

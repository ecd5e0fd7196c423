import type { PartitionCount } from './step-folders.ts';

/** Counts records by the partition that they stood in. */
export class PartitionCounts {
  /** By partition; a partition without a record leaves a hole. */
  readonly #counts: number[] = [];
  #total = 0;

  get total(): number {
    return this.#total;
  }

  add(partition: number): void {
    this.#counts[partition] = (this.#counts[partition] ?? 0) + 1;
    this.#total += 1;
  }

  /** One entry for each partition that has records. */
  list(): PartitionCount[] {
    return Object.entries(this.#counts).map(([partition, count]) => ({ partition: Number(partition), count }));
  }
}

/** The count of a partition in a list of them; 0 where it is not listed. */
export function countOf(counts: readonly PartitionCount[], partition: number): number {
  return counts.find((entry) => entry.partition === partition)?.count ?? 0;
}

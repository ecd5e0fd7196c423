/** The result of a probe; unknown if the probe depends on another program that does not answer. */
export type Finding = 'answers' | 'silent' | 'unknown';

/** Counts the probes in a row that one program did not answer. */
export class Silence {
  readonly #countMax: number;
  #count = 0;

  constructor(countMax: number) {
    this.#countMax = countMax;
  }

  /** Adds the result of a probe. @returns whether the program now counts as hung. */
  add(finding: Finding): boolean {
    if (finding === 'answers') this.#count = 0;
    if (finding === 'silent') this.#count += 1;
    return this.#count >= this.#countMax;
  }

  /** Whether this is the first silence after an answer. */
  get isNew(): boolean {
    return this.#count === 1;
  }

  /** Starts again below zero: a program that was just started has time to answer. */
  restart(graceCount: number): void {
    this.#count = -graceCount;
  }
}

/** What a probe of a program has found; unknown where something else has to answer first. */
export type Finding = 'answers' | 'silent' | 'unknown';

/** Counts how often in a row one program was silent. */
export class Silence {
  readonly #countMax: number;
  #count = 0;

  constructor(countMax: number) {
    this.#countMax = countMax;
  }

  /** Takes in what a probe has found. @returns whether the program has been silent for long enough to be called hung. */
  add(finding: Finding): boolean {
    if (finding === 'answers') this.#count = 0;
    if (finding === 'silent') this.#count += 1;
    return this.#count >= this.#countMax;
  }

  /** Whether this is the first silence after an answer. */
  get isNew(): boolean {
    return this.#count === 1;
  }

  /** Begins again, below zero: a program that was just started is given time. */
  restart(graceCount: number): void {
    this.#count = -graceCount;
  }
}

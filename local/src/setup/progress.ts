/** Prints which step runs and how long it took, one line each. */
export class Progress {
  readonly #running = new Map<string, number>();
  readonly #print: (line: string) => void;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  /** Runs one named step. Its errors name the step. */
  async step<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const startedAt = performance.now();
    this.#running.set(name, startedAt);
    this.#print(`  … ${name}`);
    const reminder = setInterval(() => this.#print(`  … ${name}: ${seconds(startedAt)} so far`), reminderMs);
    try {
      const result = await work();
      this.#print(`  ✓ ${name.padEnd(nameWidth)} ${seconds(startedAt).padStart(7)}`);
      return result;
    } catch (cause) {
      this.#print(`  ✗ ${name.padEnd(nameWidth)} ${seconds(startedAt).padStart(7)}`);
      throw cause instanceof StepError ? cause : new StepError(name, cause);
    } finally {
      clearInterval(reminder);
      this.#running.delete(name);
    }
  }
}

/** A step that failed; the message names the step and the cause. */
export class StepError extends Error {
  override readonly name = 'StepError';

  constructor(step: string, cause: unknown) {
    super(`${step} failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** Waits for all steps to end, then throws the first error: no step is cut off half-way. */
export async function together(steps: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(steps);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

const nameWidth = 44;
const reminderMs = 15_000;

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

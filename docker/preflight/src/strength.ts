import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary as common } from '@zxcvbn-ts/language-common';
import { dictionary as english, translations } from '@zxcvbn-ts/language-en';

const estimator = new ZxcvbnFactory({
  dictionary: { ...common, ...english },
  graphs: adjacencyGraphs,
  translations,
});

/** Further characters only add strength, and longer texts take longer to estimate. */
const estimatedLengthMax = 24;

/** How hard a secret is to guess. */
export interface Strength {
  /** Decimal logarithm of the guesses that an attacker needs who knows common passwords, words, patterns and `knownWords`. */
  readonly guessesLog10: number;
  /** Why it is not higher, if the estimator knows. */
  readonly warning: string | undefined;
}

/** Estimates how many guesses a secret takes. */
export function estimateStrength(secret: string, knownWords: readonly string[]): Strength {
  const { guessesLog10, feedback } = estimator.check(secret.slice(0, estimatedLengthMax), [...knownWords]);
  return { guessesLog10, warning: feedback.warning ?? undefined };
}

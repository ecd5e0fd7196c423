import { expect, test } from 'vitest';

import { repositoryFiles, textOf } from './repository-files.ts';

/** Words without a right use here, each with what to write instead. */
const wrongWords: readonly (readonly [RegExp, string])[] = [
  [/\bwhoever\b/i, 'a person, the caller'],
  [/\banew\b/i, 'again'],
  [/\bof late\b(?=[.,;:)]|$)/i, 'recently'],
  [/\bas so many\b/i, 'as'],
  [/\brehears/i, 'dry run, warm-up'],
  [/\bgood-?byes?\b/i, 'disconnect'],
  [/\bstrays\b/i, 'orphans'],
  [/\bpatiently\b/i, 'with retries'],
  [/\bdeaf\b/i, 'stalled'],
  [/\bout of sight\b/i, 'can not be measured'],
  [/\bmoods?\b/i, 'noise'],
  [/\bjudg(?:e|es|ed|ing|ement)\b/i, 'evaluate'],
  [/(?<!shadow-)\bverdicts?\b/i, 'result, decision'],
  [/\bspoilt\b/i, 'corrupted'],
  [/\blest\b/i, 'so that … not'],
];

/** These keep their words: landed SQL never changes. */
const exempt = /^(?:migrations\/sql\/|tests\/repository\/plain-words\.test\.ts|CHANGELOG\.md)/;

const text = /\.(?:md|ts|cjs|js|py|sh|ya?ml|toml|env|example|properties)$|(?:^|\/)(?:Makefile|Dockerfile)$/;

const files = repositoryFiles('**/*', '.{ci,github,githooks,devcontainer}/**/*', '.env.example').filter(
  (file) => text.test(file) && !file.includes('lock') && !exempt.test(file),
);

function wrongWordsOf(content: string): string[] {
  return content.split('\n').flatMap((line, index) =>
    wrongWords.flatMap(([word, instead]) => {
      const [found] = word.exec(line) ?? [];
      return found === undefined ? [] : [`line ${index + 1}: "${found}": write ${instead}`];
    }),
  );
}

test('a wrong word is found with its line and what to write instead', () => {
  expect(wrongWordsOf('fine\nWhoever reads it')).toEqual(['line 2: "Whoever": write a person, the caller']);
});

test('texts use plain words', () => {
  const wrong = files.flatMap((file) => wrongWordsOf(textOf(file)).map((problem) => `${file} ${problem}`));
  expect(files.length).toBeGreaterThan(200);
  expect(wrong).toEqual([]);
});

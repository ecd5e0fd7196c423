import { execa } from 'execa';
import { expect, test } from 'vitest';

import { shellWord } from './shell-word.ts';

test.each(['plain', 'two words', "it's", '"$HOME" `id` %(ENV_X)s \\'])(
  'a shell reads %s back unchanged',
  async (word) => {
    const { stdout } = await execa('sh', ['-c', `printf %s ${shellWord(word)}`], { stripFinalNewline: false });

    expect(stdout).toBe(word);
  },
);

import type { TestProject } from 'vitest/node';

import { bundlePrograms } from '../support/programs.ts';
import { givenStack } from './given-stack.ts';
import { startLocalStack } from './local-stack.ts';
import type { StackAddresses } from './stack-addresses.ts';

declare module 'vitest' {
  interface ProvidedContext {
    stack: StackAddresses;
  }
}

/** Takes the stack that the environment names, or brings one up locally for this run. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await using starting = new AsyncDisposableStack();
  const given = givenStack();
  const addresses = given ?? starting.use(await startLocalStack()).addresses;
  const { folder } = starting.use(await bundlePrograms());
  project.provide('stack', addresses);
  project.provide('programs', folder);
  const running = starting.move();
  return () => running.disposeAsync();
}

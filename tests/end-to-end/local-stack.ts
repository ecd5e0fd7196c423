import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { stackAddresses, type StackAddresses } from './stack-addresses.ts';

/** A stack that ends when it is disposed of. */
export interface LocalStack extends AsyncDisposable {
  readonly addresses: StackAddresses;
}

/**
 * Starts a local stack beside any other one and waits until it is healthy. It does not outlive this process.
 * @throws Error when it does not come up; what it says has gone to standard error.
 */
export async function startLocalStack(): Promise<LocalStack> {
  const runner = fork(join(import.meta.dirname, 'run-local-stack.ts'), {
    // kafkajs computes a negative time-out once per process; Node 24 would warn about it.
    execArgv: ['--disable-warning=TimeoutNegativeWarning'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // A Ctrl-C on the terminal is for the tests; the stack then has its time to stop.
    detached: true,
  });
  const exited = once(runner, 'exit');
  const [first]: readonly unknown[] = await Promise.race([once(runner, 'message'), exited]);
  if (runner.exitCode !== null) throw new Error('the stack under test did not come up');
  return {
    addresses: stackAddresses.parse(first),
    [Symbol.asyncDispose]: async () => {
      runner.disconnect();
      const [exitCode] = await exited;
      if (exitCode !== 0) throw new Error(`the stack under test ended with code ${exitCode}`);
    },
  };
}

import { kill } from 'node:process';

import { expect, inject, test, vi } from 'vitest';

import { kafkaAnswers } from '../../../local/src/kafka/server.ts';
import { stackFolders } from '../../../local/src/setup/paths.ts';
import { Supervisor } from '../../../local/src/stack/supervisor.ts';
import { aTransaction } from '../../support/messages.ts';
import { Stack } from '../stack.ts';

/** From the moment of the hang to the restart; Kafka is given the longest. */
const restartedWithinMs = 210_000;

test('what hangs is restarted, and sales are loaded again', { timeout: 420_000 }, async () => {
  await using stack = await Stack.open();
  const supervisor = new Supervisor(await stackFolders(inject('stack').localDir ?? ''));
  const names = ['airflow-scheduler', 'airflow-dag-processor', 'kafka'] as const;
  const before = await supervisor.processIds();
  for (const name of names) kill(before.get(name) ?? Number.NaN, 'SIGSTOP');
  const stoppedAtMs = Date.now();

  for (const name of names) {
    await vi.waitFor(
      async () => {
        const found = (await supervisor.processIds()).get(name);
        expect(found, `${name} is not restarted`).toBeDefined();
        expect(found, `${name} is not restarted`).not.toBe(before.get(name));
      },
      { timeout: restartedWithinMs - (Date.now() - stoppedAtMs), interval: 1000 },
    );
  }
  const after = await supervisor.processIds();
  const others = [...before].filter(([name]) => names.every((one) => one !== name));
  expect(others.map(([name]) => [name, after.get(name)])).toEqual(others);

  await vi.waitFor(() => kafkaAnswers(stack.addresses.kafkaBootstrapServers), { timeout: 60_000, interval: 1000 });
  await stack.publish([aTransaction({ order_id: 'e2e-after-the-hang', amount: '60.00' })]);
  await vi.waitFor(() => stack.loaded(), { timeout: 120_000, interval: 1000 });
  const rows = await stack.query(
    `select state, kind from transactions join etl_batches using (batch_id) where order_id = 'e2e-after-the-hang'`,
  );
  expect(rows).toEqual([{ state: 'loaded', kind: 'scheduled' }]);
});

import { setTimeout as delay } from 'node:timers/promises';

import type { Admin, Kafka } from 'kafkajs';

const patienceMs = 40_000;

/**
 * What the driver itself asks of Kafka: again and again for a while, for a broker that has just come back, or a topic that
 * has just been made or is still being deleted, says no at first.
 */
export async function patiently<Result>(kafka: Kafka, ask: (admin: Admin) => Promise<Result>): Promise<Result> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const admin = kafka.admin();
    try {
      await admin.connect();
      return await ask(admin);
    } catch (error) {
      if (Date.now() > deadline) throw error;
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
    await delay(100);
  }
}

import { setTimeout as delay } from 'node:timers/promises';

import type { Admin, Kafka } from 'kafkajs';

const timeoutMs = 40_000;

/**
 * Asks Kafka for the driver, and repeats until it succeeds or 40 s are over. A broker that has just restarted, and a topic
 * that has just been made or is being deleted, answer with errors at first.
 */
export async function withRetry<Result>(kafka: Kafka, ask: (admin: Admin) => Promise<Result>): Promise<Result> {
  const deadline = Date.now() + timeoutMs;
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

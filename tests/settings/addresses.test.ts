import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

import { expect, test } from 'vitest';

import { createConfig as etlConfig } from '../../etl/src/settings/config.ts';
import { readSettings } from '../../local/src/setup/settings.ts';
import { createConfig as producerConfig } from '../../producer/src/config.ts';

const root = join(import.meta.dirname, '../..');
const example = parseEnv(await readFile(join(root, '.env.example'), 'utf8'));

function producerBrokers(env: Readonly<Record<string, string | undefined>>, flags = {}): readonly string[] {
  return producerConfig(env, flags, { nowMs: 0, randomSeed: 1 }).brokers;
}

test.each([
  ['as .env.example has them', {}, '127.0.0.1:9092', 5433],
  ['moved', { KAFKA_PORT: '9192', WAREHOUSE_DB_PORT: '5533' }, '127.0.0.1:9192', 5533],
])('every command and the stack itself connect to the ports, %s', async (_what, ports, broker, warehousePort) => {
  const folder = await mkdtemp(join(tmpdir(), 'addresses-'));
  try {
    await copyFile(join(root, '.env.example'), join(folder, '.env.example'));
    const lines = (await readFile(join(root, '.env.example'), 'utf8')).split('\n');
    const changed = lines.map((line) => {
      const moved = Object.entries(ports).find(([name]) => line.startsWith(`${name}=`));
      return moved === undefined ? line : moved.join('=');
    });
    await writeFile(join(folder, '.env'), changed.join('\n'));
    const file = parseEnv(changed.join('\n'));
    const stack = await readSettings({}, folder);
    for (const env of [file, stack.environment]) {
      expect(etlConfig(env).kafka.brokers).toEqual([broker]);
      expect(etlConfig(env).warehouse).toMatchObject({ host: '127.0.0.1', port: warehousePort });
      expect(producerBrokers(env)).toEqual([broker]);
    }
    expect(stack.kafkaServers).toBe(broker);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('another port of this machine than KAFKA_PORT is refused, and says what to do', () => {
  const env = { ...example, KAFKA_BOOTSTRAP_SERVERS: '127.0.0.1:9092', KAFKA_PORT: '9192' };
  const refusal =
    /^KAFKA_BOOTSTRAP_SERVERS: "127\.0\.0\.1:9092" is not accepted: KAFKA_PORT is 9192; leave KAFKA_BOOTSTRAP_SERVERS empty to follow it/;
  expect(() => etlConfig(env)).toThrow(refusal);
  expect(() => producerBrokers(env)).toThrow(refusal);
  expect(producerBrokers(env, { KAFKA_BOOTSTRAP_SERVERS: '127.0.0.1:9292' })).toEqual(['127.0.0.1:9292']);
});

test('brokers elsewhere are those that are named, whatever KAFKA_PORT is', () => {
  const env = { ...example, KAFKA_BOOTSTRAP_SERVERS: 'kafka-1:9092, kafka-2:9092', KAFKA_PORT: '9192' };
  expect(etlConfig(env).kafka.brokers).toEqual(['kafka-1:9092', 'kafka-2:9092']);
  expect(producerBrokers(env)).toEqual(['kafka-1:9092', 'kafka-2:9092']);
});

import { createLogger } from '@pulse/runtime';
import { expect, test } from 'vitest';

import { createConfig } from '../../../etl/src/settings/config.ts';
import { anchorState } from '../../../etl/src/extract/check-anchors.ts';
import { connectKafkaSource } from '../../../etl/src/kafka/kafka-source.ts';
import { connectWarehouse } from '../../../etl/src/warehouse/connection.ts';
import { readPositions } from '../../../etl/src/warehouse/positions.ts';
import { deleteRecordsBelow } from '../../support/kafka.ts';
import { someTransactions } from '../../support/messages.ts';
import { openPipeline } from '../../support/pipeline.ts';

test('an anchor that retention deletes while it is looked at is gone, and no other record', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.publish(someTransactions(5));
  await pipeline.batch(['run']);
  const config = createConfig(pipeline.env);
  const logger = await createLogger({ name: 'test', level: 'silent', format: 'json' });
  await using warehouse = await connectWarehouse(config.warehouse, 'test', logger);
  await using source = await connectKafkaSource(config.kafka, logger);
  const [position] = await readPositions(warehouse.db, pipeline.topic);
  if (position === undefined) throw new Error('the batch has left no position');
  const { signal } = new AbortController();
  // The log began at offset 0 when it was asked for its start, and still does; then it does no longer.
  const lowOffset = 0n;
  expect(await anchorState(source, position, lowOffset, signal)).toBe('same');
  await deleteRecordsBelow(pipeline.kafka, pipeline.topic, 0, 5);
  expect(await anchorState(source, position, lowOffset, signal)).toBe('gone');
  await pipeline.publish(someTransactions(1));
  expect(await pipeline.batch(['run'])).toMatchObject({ planned: 1, loaded: 1 });
});

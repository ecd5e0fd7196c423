/** A fault planted in the loader or the planner, and the test that must see it. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  /** Pieces of the source, each there exactly once, and what stands in their place. */
  readonly changes: readonly (readonly [from: string, to: string])[];
  readonly test: TargetedTest;
}

export interface TargetedTest {
  readonly project: 'unit' | 'integration';
  readonly file: string;
  /** The beginning of its name. */
  readonly name: string;
}

/** The source with the fault in it; undefined when a piece is not there exactly once. */
export function plantIn(source: string, { changes }: Mutant): string | undefined {
  let mutated = source;
  for (const [from, to] of changes) {
    if (mutated.split(from).length !== 2) return undefined;
    mutated = mutated.replace(from, () => to);
  }
  return mutated;
}

const unit = (file: string, name: string): TargetedTest => ({ project: 'unit', file, name });
const integration = (file: string, name: string): TargetedTest => ({
  project: 'integration',
  file: `tests/integration/etl/${file}`,
  name,
});

const load = 'etl/src/load/load-transaction-queries.ts';
const plan = 'etl/src/batch/plan-ranges.ts';

export const mutants: readonly Mutant[] = [
  {
    name: 'the positions move, and are committed, before the rows',
    file: load,
    changes: [
      [
        '    for (const source of changes.rows)',
        `    await movePositions(tx, changes);
    await warehouse.client.query('commit');
    await warehouse.client.query('begin');
    for (const source of changes.rows)`,
      ],
    ],
    test: integration('failpoints.test.ts', 'a run that dies within its COPY leaves all'),
  },
  {
    name: 'no lock is taken',
    file: 'etl/src/warehouse/positions.ts',
    changes: [[".from(warehouseState).for('update')", '.from(warehouseState)']],
    test: integration('failpoints.test.ts', 'a load waits for the lock before it looks'),
  },
  {
    name: 'the positions are not compared',
    file: 'etl/src/warehouse/positions.ts',
    changes: [['  return ranges.every(', '  return positions.length >= 0 || ranges.every(']],
    test: integration('batches.test.ts', 'a batch whose records another one has loaded'),
  },
  {
    name: 'the state version is not compared',
    file: 'etl/src/load/decide-load.ts',
    changes: [["stateVersion === rowsVersion ? 'due' : 'stale'", "stateVersion >= rowsVersion ? 'due' : 'stale'"]],
    test: integration('failpoints.test.ts', 'rows that were made before another writer'),
  },
  {
    name: 'a topic made again keeps its epoch',
    file: 'etl/src/recovery/decide-position.ts',
    changes: [
      ['const next = { epoch: epoch + 1, nextOffset: lowOffset };', 'const next = { epoch, nextOffset: lowOffset };'],
    ],
    test: unit('etl/src/recovery/decide-position.test.ts', 'a log that ends before the position'),
  },
  {
    name: 'sums are overwritten, not added (do update)',
    file: 'etl/src/streams/transactions/roll-up-queries.ts',
    changes: [['`${name} = known.${name} + excluded.${name}`', '`${name} = excluded.${name}`']],
    test: integration('roll-ups.test.ts', 'sums of each currency equal'),
  },
  {
    name: 'a retry plans again',
    file: 'etl/src/extract/plan-batch.ts',
    changes: [
      [
        '  if (known !== undefined) return known;',
        '  if (known !== undefined) return { ...known, ...(await planNewRanges(context)) };',
      ],
    ],
    test: integration('batches.test.ts', 'a retried batch reads the same records'),
  },
  {
    name: 'another cluster is taken for the known one',
    file: 'etl/src/program/known-cluster.ts',
    changes: [['  if (found.clusterId !== known.clusterId) throw', '  if (found.clusterId === known.topic) throw']],
    test: integration('another-cluster.test.ts', 'another cluster stops the pipeline'),
  },
  {
    name: 'a plan writes positions before it is checked',
    file: 'etl/src/extract/plan-batch.ts',
    changes: [
      [
        '  const plan = planRanges(',
        '  await insertPositions(warehouse.db, topic, begun);\n  const plan = planRanges(',
      ],
    ],
    test: integration('another-cluster.test.ts', 'a plan that fails writes no position'),
  },
  {
    name: 'transactions of every topic count as of one',
    file: 'etl/src/reconcile/reconcile-snapshot-queries.ts',
    changes: [['       and batch_id in (select batch_id from etl_batches where ${ofTopic})\n', '']],
    test: integration('two-topics.test.ts', 'two topics loaded one after the other, and in turn'),
  },
  {
    name: 'the plan follows the read: it reads up to the end of the log, whatever was planned',
    file: 'etl/src/extract/extract-batch.ts',
    changes: [['const nextOffset = Number(range.nextOffset);', 'const nextOffset = Number(range.endOffset);']],
    test: integration('batches.test.ts', 'a backlog beyond the cap'),
  },
  {
    name: 'a start below the log is a jump to its start',
    file: plan,
    changes: [['  if (nextOffset < log.lowOffset) {', '  if (nextOffset < log.lowOffset && log.endOffset < 0n) {']],
    test: unit('etl/src/batch/plan-ranges.test.ts', 'a position below the start of the log'),
  },
  {
    name: 'a position beyond the end of the log is waited for',
    file: plan,
    changes: [['  if (nextOffset > log.endOffset) {', '  if (nextOffset > log.endOffset + 1_000_000n) {']],
    test: unit('etl/src/batch/plan-ranges.test.ts', 'a position beyond the end of the log'),
  },
  {
    name: 'what is left over when the cap is allocated is taken twice',
    file: plan,
    changes: [['    left -= extra;\n', '']],
    test: unit('etl/src/batch/plan-ranges.test.ts', 'ranges never pass the cap'),
  },
  {
    name: 'duplicates are told before the quarantine',
    file: 'etl/src/transform/transformation.ts',
    changes: [
      [
        '    const refusal = refused.size === 0',
        `    const early = this.#seen.findOrAdd(t.source, t.idAt, t.idEnd, t.position, this.#isOrderAt);
    if (early !== undefined) {
      this.#takeRepeated(t, validAt(this.chunks, early).contentHash);
      return;
    }
    const refusal = refused.size === 0`,
      ],
      ['    if (earlier === undefined) this', '    if (earlier === undefined || earlier.position === t.position) this'],
    ],
    test: integration('duplicates.test.ts', 'a sale that can not be evaluated'),
  },
  {
    name: "a customer's sales are in several chunks",
    file: 'etl/src/streams/valid-files.ts',
    changes: [['hash % this.#files.length', 'Math.floor(Math.random() * this.#files.length)']],
    test: unit('etl/src/streams/valid-files.test.ts', 'every transaction is in the file of its customer'),
  },
  {
    name: 'order ids are forgotten with their chunk',
    file: 'etl/src/transform/transformation.ts',
    changes: [
      ['  readonly #seen: SeenOrders;', '  #seen: SeenOrders;'],
      [
        '    this.#customers.clear();\n',
        '    this.#customers.clear();\n    this.#seen = new SeenOrders(this.#input.validated.facts.validCount);\n',
      ],
    ],
    test: integration('chunks.test.ts', 'one order id of two customers is a conflict'),
  },
  {
    name: "a customer's records are taken partition by partition",
    file: 'etl/src/transform/order-of-arrival.ts',
    changes: [['(a.arrivedMs ?? 0) - (b.arrivedMs ?? 0) || a.partition', 'a.partition']],
    test: unit('etl/src/transform/order-of-arrival.test.ts', 'whatever partitions its records are in'),
  },
  {
    name: 'a record with a late clock comes before the one ahead of it in its partition',
    file: 'etl/src/transform/order-of-arrival.ts',
    changes: [['isBehind ? (before.arrivedMs ?? -Infinity) : -Infinity', '-Infinity']],
    test: unit('etl/src/transform/order-of-arrival.test.ts', "a customer's records are taken by time"),
  },
  {
    name: 'an order of two customers belongs to the one that was taken first',
    file: 'etl/src/transform/transformation.ts',
    changes: [
      [
        '    if (!isSameCustomer(t, taken) && cameBefore(',
        '    if (position < 0 && !isSameCustomer(t, taken) && cameBefore(',
      ],
    ],
    test: integration('order-of-arrival.test.ts', 'of one order id in several partitions'),
  },
  {
    name: 'a backtest goes through the partitions one after the other',
    file: 'etl/src/fraud/fraud-history-queries.ts',
    changes: [['t.processed_at, t.arrived_at, t.kafka_partition', 't.processed_at, t.kafka_partition']],
    test: integration('order-of-arrival.test.ts', 'a backtest and an explanation'),
  },
  {
    name: "a chunk's days are counted again with the next one",
    file: 'etl/src/transform/transformation.ts',
    changes: [['    this.#rollUps.clearCustomerDays();\n', '']],
    test: integration('chunks.test.ts', 'days are the same'),
  },
  {
    name: 'chunks are merged by partition only',
    file: 'etl/src/load/rows-in-order.ts',
    changes: [['return this.#offset < other.#offset;', 'return false;']],
    test: unit('etl/src/load/rows-in-order.test.ts', 'the rows of all chunks come'),
  },
  {
    name: 'a topic made again is read on',
    file: 'etl/src/extract/check-anchors.ts',
    changes: [["if (state === 'another') throw", "if (state === 'another' && signal.aborted) throw"]],
    test: integration('integrity.test.ts', 'a topic deleted and made again'),
  },
  {
    name: 'an orphan that holds the lock is let live',
    file: 'etl/src/load/load-session-queries.ts',
    changes: [['application_name = $1\n', '(application_name = $1 and false)\n']],
    test: integration('orphans.test.ts', 'a load that hangs within its COPY is ended by its retry'),
  },
  {
    name: "another plan's staged files are taken",
    file: 'etl/src/staging/staging.ts',
    changes: [
      [
        'return checksum === checksumOf(output, identity) ? output : undefined;',
        'return checksum === identity ? undefined : output;',
      ],
    ],
    test: unit('etl/src/batch/staging-identity.test.ts', 'files made from another plan'),
  },
];

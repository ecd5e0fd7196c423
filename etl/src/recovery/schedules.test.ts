import fc from 'fast-check';
import { expect, test } from 'vitest';

import { decideLoad } from '../load/decide-load.ts';
import { decidePosition } from './decide-position.ts';
import { planRanges, type PlannedRange } from '../batch/plan-ranges.ts';

/**
 * A model of the decisions, not of the database: batches plan, transform and load in any order, beside each other, are
 * killed anywhere and tried again, while the log grows, loses its start or is made again, and others write to the
 * warehouse. Whatever the schedule, no record is loaded twice, and all that was not lost is loaded.
 */
const scheduleCount = 10_000;
const partitions = [0, 1];
const sizeMax = 7;

interface ModelBatch {
  readonly ranges: readonly PlannedRange[];
  /** Of the rows that are staged, if any. */
  rowsVersion: bigint | undefined;
  state: 'planned' | 'loaded' | 'superseded';
}

class Model {
  readonly logs = partitions.map((partition) => ({ partition, lowOffset: 0n, endOffset: 0n, generation: 0 }));
  readonly positions = partitions.map((partition) => ({ partition, epoch: 0, nextOffset: 0n, generation: 0 }));
  readonly batches = new Map<number, ModelBatch>();
  readonly loaded = new Set<string>();
  readonly acceptedAsLost = new Set<string>();
  stateVersion = 0n;

  /** What a first try and each retry do: a batch is planned once, and keeps its plan. */
  plan(id: number): void {
    if (this.batches.has(id)) return;
    const plan = planRanges(this.positions, this.logs, sizeMax);
    if (plan.kind === 'faulty') return;
    this.batches.set(id, { ranges: plan.ranges, rowsVersion: undefined, state: 'planned' });
  }

  /** Rows are made with the state as it is; a batch whose positions have moved gets none. */
  transform(id: number): void {
    const batch = this.batches.get(id);
    if (batch === undefined || batch.state !== 'planned') return;
    if (this.isDue(batch)) batch.rowsVersion = this.stateVersion;
    else batch.state = 'superseded';
  }

  /** An orphan that goes on beside its retry is another call of the same. */
  load(id: number): void {
    const batch = this.batches.get(id);
    if (batch?.rowsVersion === undefined) return;
    const decision = decideLoad({
      isDue: this.isDue(batch),
      isLoaded: batch.state === 'loaded',
      stateVersion: this.stateVersion,
      rowsVersion: batch.rowsVersion,
    });
    if (decision === 'superseded') batch.state = 'superseded';
    if (decision === 'stale') batch.rowsVersion = undefined;
    if (decision !== 'due') return;
    for (const { partition, epoch, fromOffset, nextOffset } of batch.ranges) {
      for (let offset = fromOffset; offset < nextOffset; offset += 1n) this.take(`${partition}/${epoch}/${offset}`);
      const position = this.position(partition);
      position.nextOffset = nextOffset;
    }
    batch.state = 'loaded';
    this.stateVersion += 1n;
  }

  take(record: string): void {
    if (this.loaded.has(record)) throw new Error(`${record} is loaded twice`);
    this.loaded.add(record);
  }

  acceptLoss(partition: number): void {
    const position = this.position(partition);
    const log = this.log(partition);
    const anchor = log.generation === position.generation ? 'same' : 'another';
    const { next } = decidePosition(position, log, anchor);
    if (next === null) return;
    if (next.epoch === position.epoch) {
      for (let offset = position.nextOffset; offset < next.nextOffset; offset += 1n) {
        this.acceptedAsLost.add(`${partition}/${position.epoch}/${offset}`);
      }
    }
    Object.assign(position, next, { generation: log.generation });
    this.stateVersion += 1n;
  }

  isDue({ ranges }: ModelBatch): boolean {
    return ranges.every(({ partition, epoch, fromOffset }) => {
      const position = this.position(partition);
      return position.epoch === epoch && position.nextOffset === fromOffset;
    });
  }

  position(partition: number) {
    const position = this.positions[partition];
    if (position === undefined) throw new Error('no such partition');
    return position;
  }

  log(partition: number) {
    const log = this.logs[partition];
    if (log === undefined) throw new Error('no such partition');
    return log;
  }
}

const partition = fc.constantFrom(...partitions);
const id = fc.integer({ min: 0, max: 5 });
const actions = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.constant('append' as const), partition, fc.integer({ min: 1, max: 6 })) },
  { weight: 5, arbitrary: fc.tuple(fc.constant('plan' as const), id) },
  { weight: 5, arbitrary: fc.tuple(fc.constant('transform' as const), id) },
  { weight: 6, arbitrary: fc.tuple(fc.constant('load' as const), id) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('write' as const)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('truncate' as const), partition) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('remake' as const), partition) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('accept' as const), partition) },
);
type Action = typeof actions extends fc.Arbitrary<infer Each> ? Each : never;

function act(model: Model, action: Action): void {
  switch (action[0]) {
    case 'append':
      model.log(action[1]).endOffset += BigInt(action[2]);
      break;
    case 'plan':
      model.plan(action[1]);
      break;
    case 'transform':
      model.transform(action[1]);
      break;
    case 'load':
      model.load(action[1]);
      break;
    case 'write':
      model.stateVersion += 1n;
      break;
    case 'truncate':
      model.log(action[1]).lowOffset = model.log(action[1]).endOffset;
      break;
    case 'remake': {
      // Empty again, so that it is told by its end: what its anchors tell, extract finds before it reads.
      const { nextOffset } = model.position(action[1]);
      if (nextOffset > 0n) Object.assign(model.log(action[1]), { lowOffset: 0n, endOffset: 0n });
      if (nextOffset > 0n) model.log(action[1]).generation += 1;
      break;
    }
    case 'accept':
      model.acceptLoss(action[1]);
      break;
    default:
      action satisfies never;
  }
}

/** All faults are over: losses are accepted, and new batches run until nothing is left. */
function heal(model: Model): void {
  for (const each of partitions) model.acceptLoss(each);
  for (let next = 100; next < 200; next += 1) {
    model.plan(next);
    model.transform(next);
    model.load(next);
  }
}

test(`whatever the schedule, no record is loaded twice and none is left out (${scheduleCount} schedules)`, () => {
  fc.assert(
    fc.property(fc.array(actions, { maxLength: 40 }), (schedule) => {
      const model = new Model();
      for (const action of schedule) act(model, action);
      heal(model);
      for (const { partition: each, epoch, nextOffset } of model.positions) {
        const log = model.log(each);
        expect(nextOffset).toBe(log.endOffset);
        for (let offset = log.lowOffset; offset < log.endOffset; offset += 1n) {
          const record = `${each}/${epoch}/${offset}`;
          expect(model.loaded.has(record) || model.acceptedAsLost.has(record)).toBe(true);
        }
      }
    }),
    { numRuns: scheduleCount },
  );
});

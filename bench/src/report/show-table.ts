import Table from 'cli-table3';

import { stepNames } from '../batch.ts';
import type { Spread } from '../measure/spread.ts';
import type { BatchReport, ReferenceReport, SizeReport } from './report.ts';
import type { TargetResult } from './targets.ts';

const head = ['', 'wall s', 'CPU s', 'PostgreSQL CPU', 'Kafka CPU', 'peak MB', 'rows/s'];

/** The figures of one size as a table: medians, with the extremes in parentheses. */
export function showSize(size: SizeReport): string {
  const table = new Table({
    head,
    style: { head: [], border: [], compact: true },
    colAligns: ['left', ...head.slice(1).map(right)],
  });
  if (size.batch !== null) table.push(...batchRows(size.batch));
  if (size.emptyWallMs !== null) table.push(['empty batch', show(size.emptyWallMs, inSeconds), '', '', '', '', '']);
  if (size.reference !== null) table.push(referenceRow(size.reference));
  const { messages, rows, duplicates, rejected, rounds, ratio, baselines } = size;
  const title =
    `${whole(messages)} messages: ${whole(rows)} rows, ${duplicates} duplicates, ${rejected} rejected; ` +
    `medians of rounds: ${rounds} (least–most)`;
  const below = ratio === null ? '' : `\nrate divided by the reference's: ${show(ratio, asRatio)}`;
  const beside = baselines.map(
    ({ command, wall, cpu }) => `\nby ${command}: wall ${show(wall, asRatio)}, CPU ${show(cpu, asRatio)}`,
  );
  return `${title}\n${table.toString()}${below}${beside.join('')}`;
}

/** Each target with the measured value, one line each. */
export function showTargets(results: readonly TargetResult[]): string {
  return results
    .map(({ target, measured, isMet }) => `${isMet ? 'ok    ' : 'missed'}  ${target}  (${measured})`)
    .join('\n');
}

function batchRows({ steps, ...all }: BatchReport): string[][] {
  const { wallMs, cpuMs, postgresCpuMs, kafkaCpuMs, rowsPerSecond } = all;
  const servers = [postgresCpuMs, kafkaCpuMs].map((spread) => show(spread, inSeconds));
  return [
    ...stepNames.map((name) => {
      const step = steps[name];
      return [name, show(step.wallMs, inSeconds), show(step.cpuMs, inSeconds), '', '', show(step.peakBytes, inMb), ''];
    }),
    ['four steps', show(wallMs, inSeconds), show(cpuMs, inSeconds), ...servers, '', show(rowsPerSecond, whole)],
  ];
}

function referenceRow({ wallMs, clientCpuMs, postgresCpuMs, rowsPerSecond }: ReferenceReport): string[] {
  const times = [wallMs, clientCpuMs, postgresCpuMs].map((spread) => show(spread, inSeconds));
  return ['reference: plain COPY', ...times, '', '', show(rowsPerSecond, whole)];
}

function show(spread: Spread | null, format: (value: number) => string): string {
  if (spread === null) return '?';
  const { median, min, max } = spread;
  return `${format(median)} (${format(min)}–${format(max)})`;
}

const right = (): 'right' => 'right';
const asRatio = (value: number): string => value.toFixed(2);
const inSeconds = (ms: number): string => (ms / 1000).toFixed(ms < 10_000 ? 3 : 1);
const inMb = (bytes: number): string => (bytes / 1_000_000).toFixed(0);
const whole = (value: number): string => Math.round(value).toLocaleString('en');

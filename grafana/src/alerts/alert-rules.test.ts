import { readdir, readFile } from 'node:fs/promises';

import { describe, expect, test } from 'vitest';

import { rulesFile, rulesText } from './rules-file.ts';
import { readDashboard } from '../read-dashboard.ts';
import { anchorOf } from './alert-rule.ts';
import { readRules } from './read-rules.ts';

const runbook = await readFile(new URL('../../../docs/RUNBOOK.md', import.meta.url), 'utf8');
const anchors = new Set([...runbook.matchAll(/^##+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading)));
const rules = await readRules();

test('the committed rules are those that `pnpm --filter @pulse/grafana run generate` writes', async () => {
  expect(await readFile(rulesFile, 'utf8')).toBe(rulesText());
  expect(await readdir(new URL('.', rulesFile))).toEqual(['notifications.yaml', 'rules.json']);
});

test('each rule has a uid of its own', () => {
  expect(new Set(rules.map(({ uid }) => uid)).size).toBe(rules.length);
});

test.each([
  ['Many rejects', 'many-rejects'],
  ['A batch, twice: why?', 'a-batch-twice-why'],
  ['`etl run` at 99 %', 'etl-run-at-99-'],
])('the anchor of %s is %s', (heading, anchor) => {
  expect(anchorOf(heading)).toBe(anchor);
});

describe.each(rules)('$uid', ({ labels, annotations, data, condition, dashboardUid, panelId, noDataState }) => {
  test('has a severity', () => {
    expect(['critical', 'warning']).toContain(labels.severity);
  });

  test('leads to a section of the runbook', () => {
    const [file, anchor = ''] = annotations.runbook_url.split('#');
    expect(file).toBe('docs/RUNBOOK.md');
    expect(anchors).toContain(anchor);
  });

  test('has figures in its summary, each of them one of its queries', () => {
    const figures = [...annotations.summary.matchAll(/\$values\.(\w+)\.Value/g)].map(([, name = '']) => name);
    expect(figures.length).toBeGreaterThan(0);
    expect(data.map(({ refId }) => refId)).toEqual(expect.arrayContaining(figures));
  });

  test('is decided by a limit to its first query', () => {
    const last = data.at(-1);
    expect(last?.refId).toBe(condition);
    expect(last?.model).toMatchObject({ type: 'threshold', expression: data[0]?.refId });
    expect(noDataState).toBe('OK');
  });

  test('leads to the panel that shows its figure', async () => {
    const { panels } = await readDashboard(dashboardUid);
    expect(panels.map(({ id }) => id)).toContain(panelId);
    expect(annotations).toMatchObject({ __dashboardUid__: dashboardUid, __panelId__: String(panelId) });
  });
});

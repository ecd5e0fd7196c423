import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, expect, test } from 'vitest';

const source = new URL('../', import.meta.url);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'grafana-start-'));
});

afterEach(() => rm(folder, { recursive: true }));

/** Runs start.sh with a program that says what Grafana would see. */
function start(environment: Readonly<Record<string, string>>) {
  const says = 'echo "$GF_PATHS_PROVISIONING $ALERT_WEBHOOK_URL $GRAFANA_ALERT_MUTE $*"';
  const args = [fileURLToPath(new URL('start.sh', source)), folder, 'sh', '-c', says, 'sh', 'server', 'a b'];
  const { status, stdout, stderr } = spawnSync('sh', args, {
    env: { PATH: process.env['PATH'], ...environment },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

async function changed(): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  const different = [];
  for (const name of names.filter((one) => /\.(json|yaml)$/.test(one)).sort()) {
    const [copy, original] = await Promise.all([
      readFile(join(folder, name), 'utf8'),
      readFile(new URL(name, source), 'utf8'),
    ]);
    if (copy !== original) different.push(name);
  }
  expect(names).toContain('dashboards/sales-pulse.json');
  return different;
}

test('without settings Grafana gets what is committed, and alerts are muted', async () => {
  expect(start({ DOCS_URL: '', AIRFLOW_BASE_URL: '', ALERT_WEBHOOK_URL: '' })).toEqual({
    status: 0,
    stdout: `${folder}/provisioning http://127.0.0.1:9 always server a b\n`,
    stderr: '',
  });
  expect(await changed()).toEqual([]);
});

test('a webhook is told', () => {
  expect(start({ ALERT_WEBHOOK_URL: 'https://hooks.example.com/a?b=c&d' }).stdout).toBe(
    `${folder}/provisioning https://hooks.example.com/a?b=c&d never server a b\n`,
  );
});

test('links lead to the docs and the Airflow of the installation, also after a restart', async () => {
  const settings = {
    DOCS_URL: 'https://git.example.com/sales/blob/main/',
    AIRFLOW_BASE_URL: 'https://airflow.example.com',
  };
  start(settings);
  expect(start(settings).status).toBe(0);
  expect(await changed()).toEqual(['dashboards/batch.json', 'provisioning/alerting/rules.json']);
  const rules = JSON.parse(await readFile(join(folder, 'provisioning/alerting/rules.json'), 'utf8'));
  expect(rules.groups[0].rules[0].annotations.runbook_url).toBe(
    'https://git.example.com/sales/blob/main/docs/RUNBOOK.md#no-batch-is-loaded',
  );
  const batch = JSON.parse(await readFile(join(folder, 'dashboards/batch.json'), 'utf8'));
  expect(batch.templating.list).toContainEqual(
    expect.objectContaining({ name: 'airflow', type: 'constant', query: 'https://airflow.example.com' }),
  );
});

test.each(['git.example.com/main', 'javascript:alert(1)', 'https://a"b', 'https://a|b', 'https://a&b'])(
  'no address: %s',
  (address) => {
    const { status, stderr } = start({ DOCS_URL: address });
    expect(status).toBe(64);
    expect(stderr).toContain(`DOCS_URL is no address that can be linked to: ${address}`);
  },
);

import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const source = new URL('../', import.meta.url);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'grafana-start-'));
});

afterEach(() => rm(folder, { recursive: true }));

/** Runs start.sh with a program that prints what Grafana would see. */
function start(environment: Readonly<Record<string, string>>) {
  const print = 'echo "$GF_PATHS_PROVISIONING $ALERT_WEBHOOK_URL $GRAFANA_ALERT_MUTE $*"';
  const args = [fileURLToPath(new URL('start.sh', source)), folder, 'sh', '-c', print, 'sh', 'server', 'a b'];
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

test('a webhook gets the alerts', () => {
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

/** A home folder whose `grafana` notes how it is called and what it reads, and a data folder with a database or none. */
async function home(options: { hasDatabase: boolean; exitCode?: number }) {
  const paths = { GF_PATHS_HOME: join(folder, 'home'), GF_PATHS_DATA: join(folder, 'data') };
  await mkdir(join(paths.GF_PATHS_HOME, 'bin'), { recursive: true });
  await mkdir(paths.GF_PATHS_DATA);
  const program = join(paths.GF_PATHS_HOME, 'bin', 'grafana');
  const notes = join(folder, 'notes');
  await writeFile(
    program,
    `#!/bin/sh\necho "$*" >>${notes}\ncat >>${notes}\necho no user; exit ${options.exitCode ?? 0}\n`,
  );
  await chmod(program, 0o755);
  if (options.hasDatabase) await writeFile(join(paths.GF_PATHS_DATA, 'grafana.db'), '');
  return { paths, notes: () => readFile(notes, 'utf8').catch(() => '') };
}

describe("the administrator's password", () => {
  const password = String.raw`it's "$HOME" \n #1`;

  test('is set before each start but the first, and is no argument that others can see', async () => {
    const { paths, notes } = await home({ hasDatabase: true });
    const config = join(folder, 'grafana.ini');
    const { status, stdout } = start({ ...paths, GF_PATHS_CONFIG: config, GF_SECURITY_ADMIN_PASSWORD: password });
    expect({ status, isStarted: stdout.endsWith('server a b\n') }).toEqual({ status: 0, isStarted: true });
    expect(await notes()).toBe(
      `cli --homepath ${paths.GF_PATHS_HOME} --config ${config} admin reset-admin-password --password-from-stdin\n${password}\n`,
    );
  });

  test('is left to Grafana at its first start, when it has no database', async () => {
    const { paths, notes } = await home({ hasDatabase: false });
    expect(start({ ...paths, GF_SECURITY_ADMIN_PASSWORD: password }).status).toBe(0);
    expect(await notes()).toBe('');
  });

  test('that could not be set is reported, and Grafana starts all the same', async () => {
    const { paths } = await home({ hasDatabase: true, exitCode: 1 });
    const { status, stdout, stderr } = start({ ...paths, GF_SECURITY_ADMIN_PASSWORD: password });
    expect({ status, isStarted: stdout.endsWith('server a b\n') }).toEqual({ status: 0, isStarted: true });
    expect(stderr).toContain('could not be set to GRAFANA_ADMIN_PASSWORD: no user');
  });
});

test.each(['git.example.com/main', 'javascript:alert(1)', 'https://a"b', 'https://a|b', 'https://a&b'])(
  'no address: %s',
  (address) => {
    const { status, stderr } = start({ DOCS_URL: address });
    expect(status).toBe(64);
    expect(stderr).toContain(`DOCS_URL is no address that can be linked to: ${address}`);
  },
);

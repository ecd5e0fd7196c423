import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from 'vitest';

const repository = new URL('../../', import.meta.url);

async function textOf(path: string): Promise<string> {
  return readFile(new URL(path, repository), 'utf8');
}

/** The lines of the service `grafana` in a Compose file. */
async function serviceOf(path: string): Promise<string> {
  const [, service = ''] = /\n {2}grafana:\n((?: {4}.*\n|\n)+)/.exec(`${await textOf(path)}\n`) ?? [];
  return service;
}

test('nobody sees a dashboard without logging in, in containers or without', async () => {
  expect(await serviceOf('docker-compose.yaml')).toContain('GF_AUTH_ANONYMOUS_ENABLED: "false"\n');
  expect(await textOf('local/src/stack/grafana.ts')).toContain("GF_AUTH_ANONYMOUS_ENABLED: 'false'");
  const settings = await Promise.all(
    ['docker-compose.yaml', 'docker-compose.dev.yaml', 'docker-compose.prod.yaml'].map(serviceOf),
  );
  expect(settings.join('\n')).not.toMatch(/GF_AUTH_ANONYMOUS_ENABLED: "?true|GF_AUTH_DISABLE_LOGIN_FORM: "?true/);
});

test('times are shown in UTC: Grafana takes no other spelling, and shows local times instead', async () => {
  expect(await serviceOf('docker-compose.yaml')).toContain('GF_DATE_FORMATS_DEFAULT_TIMEZONE: UTC\n');
  expect(await textOf('local/src/stack/grafana.ts')).toContain("GF_DATE_FORMATS_DEFAULT_TIMEZONE: 'UTC'");
});

test('Grafana fetches nothing from the internet, in containers or without', async () => {
  const withoutContainers = await textOf('local/src/stack/grafana.ts');
  const service = await serviceOf('docker-compose.yaml');
  const settings = [...service.matchAll(/^ {6}(GF_(?:ANALYTICS|PLUGINS)_\w+): "(\w+)"$/gm)];
  expect(settings).toHaveLength(4);
  for (const [, name, value] of settings) expect(withoutContainers).toContain(`${name}: '${value}'`);
});

test('dashboards read as the role that can only read', async () => {
  const datasource = await textOf('grafana/provisioning/datasources/warehouse.yaml');
  expect(datasource).toContain('user: $WAREHOUSE_READER_USER\n');
  expect(datasource).toContain('password: $WAREHOUSE_READER_PASSWORD\n');
  expect(await serviceOf('docker-compose.yaml')).not.toMatch(/WAREHOUSE_DB_(USER|PASSWORD)|WAREHOUSE_ETL_/);
});

test("Grafana's port is open to this machine only", async () => {
  for (const layer of ['docker-compose.dev.yaml', 'docker-compose.prod.yaml']) {
    expect(await serviceOf(layer)).toContain('ports: ["127.0.0.1:${GRAFANA_PORT:-3000}:3000"]\n');
  }
});

describe('production', () => {
  const secrets = {
    AIRFLOW_ADMIN_PASSWORD: 'long-enough-for-anybody',
    AIRFLOW_API_SECRET_KEY: 'long-enough-for-anybody',
    AIRFLOW_DB_PASSWORD: 'long-enough-for-anybody',
    AIRFLOW_FERNET_KEY: 'long-enough-for-anybody',
    AIRFLOW_JWT_SECRET: 'long-enough-for-anybody',
    GRAFANA_ADMIN_PASSWORD: 'long-enough-for-anybody',
    WAREHOUSE_DB_PASSWORD: 'long-enough-for-anybody',
    WAREHOUSE_ETL_PASSWORD: 'long-enough-for-anybody',
    WAREHOUSE_READER_PASSWORD: 'long-enough-for-anybody',
  };

  function preflight(changes: Readonly<Record<string, string>>): { code: number | null; said: string } {
    const script = fileURLToPath(new URL('docker/preflight.sh', repository));
    const { status, stderr } = spawnSync('sh', [script], {
      env: { PATH: '/usr/bin:/bin', ...secrets, ...changes },
      encoding: 'utf8',
    });
    return { code: status, said: stderr };
  }

  test('starts with secrets of its own', () => {
    expect(preflight({})).toEqual({ code: 0, said: '' });
  });

  test.each([
    ['GRAFANA_ADMIN_PASSWORD', 'admin', 'has the value of development'],
    ['GRAFANA_ADMIN_PASSWORD', '', 'is not set'],
    ['GRAFANA_ADMIN_PASSWORD', 'short', 'is shorter than 12 characters'],
    ['WAREHOUSE_READER_PASSWORD', 'grafana_reader', 'has the value of development'],
  ])('refuses %s as %j', (name, value, reason) => {
    const { code, said } = preflight({ [name]: value });
    expect(code).toBe(1);
    expect(said).toContain(`${name} ${reason}`);
  });

  test('hands both passwords to that check, and has no default for them', async () => {
    const layer = await textOf('docker-compose.prod.yaml');
    for (const name of ['GRAFANA_ADMIN_PASSWORD', 'WAREHOUSE_READER_PASSWORD']) {
      expect(layer).toMatch(new RegExp(`${name}: \\$\\{${name}:\\?`));
      expect(layer).not.toContain(`${name}:-`);
    }
  });
});

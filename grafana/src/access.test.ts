import { readFile } from 'node:fs/promises';

import { expect, test } from 'vitest';

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

test('production has no default for the passwords of dashboards, and hands them to its check', async () => {
  const layer = await textOf('docker-compose.prod.yaml');
  for (const name of ['GRAFANA_ADMIN_PASSWORD', 'GRAFANA_SECRET_KEY', 'WAREHOUSE_READER_PASSWORD']) {
    expect(layer).toMatch(new RegExp(`${name}: \\$\\{${name}:\\?`));
    expect(layer).not.toContain(`${name}:-`);
  }
});

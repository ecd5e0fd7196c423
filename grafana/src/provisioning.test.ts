import { glob, readFile } from 'node:fs/promises';

import { expect, test } from 'vitest';

import { folderTitle } from './alerts/rule-groups.ts';
import { warehouseDatasource } from './warehouse-datasource.ts';

const repository = new URL('../../', import.meta.url);

async function provisioningText(): Promise<string> {
  const texts = [];
  for await (const path of glob('grafana/provisioning/**/*.yaml', { cwd: repository })) {
    texts.push(await readFile(new URL(path, repository), 'utf8'));
  }
  return texts.join('\n');
}

test('the provisioned datasource is the one that panels name', async () => {
  const text = await provisioningText();
  expect(text).toContain(`uid: ${warehouseDatasource.uid}\n`);
  expect(text).toContain(`type: ${warehouseDatasource.type}\n`);
});

test('each variable of the provisioning is a setting of the stack', async () => {
  const names = [...(await provisioningText()).matchAll(/\$(\w+)/g)].map(([, name = '']) => name);
  const settings = await readFile(new URL('.env.example', repository), 'utf8');
  // grafana/start.sh sets these.
  const own = new Set(['GF_PATHS_PROVISIONING', 'GRAFANA_ALERT_MUTE']);
  const expected = new Set(names.filter((name) => !own.has(name)));
  expect(expected.size).toBe(6);
  for (const name of expected) expect(settings).toContain(`\n${name}=`);
});

test('dashboards are in the folder of the alert rules', async () => {
  expect(await provisioningText()).toContain(`folder: ${folderTitle}\n`);
});

test('each route of an alert names its receiver: some versions of Grafana do not start where one is left to inherit', async () => {
  const text = await readFile(new URL('grafana/provisioning/alerting/notifications.yaml', repository), 'utf8');
  const routes = text.match(/object_matchers:/g) ?? [];
  expect(routes).toHaveLength(2);
  expect(text.match(/- receiver: alert-webhook\n +object_matchers:/g)).toHaveLength(routes.length);
});

import { copyFile, glob, mkdtemp, readFile, rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { variableNames as etlVariables } from '../../etl/src/settings/config.ts';
import { previewConfig } from '../../grafana/src/preview/config.ts';
import { readSettings, variableNames as localVariables } from '../../local/src/setup/settings.ts';
import { migratorConfig } from '../../migrations/src/config.ts';
import { variableNames as producerVariables } from '../../producer/src/config.ts';
import { composeLayers, composeStack } from './compose-layers.ts';
import { documentedSettings, namesOfTheStack, type DocumentedSetting, type Scope } from './documented-settings.ts';

const root = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const namesIn = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, name = '']) => name);

/** The programs of a stack: where each says what it reads, and the services that run it. */
const programs = [
  {
    name: 'etl',
    source: 'etl/src/settings/config.ts',
    reads: etlVariables,
    services: ['topics', 'etl', 'airflow-scheduler', 'airflow-dag-processor'],
  },
  { name: 'producer', source: 'producer/src/config.ts', reads: producerVariables, services: ['producer'] },
  {
    name: 'migrations',
    source: 'migrations/src/config.ts',
    reads: Object.keys(migratorConfig.shape),
    services: ['migrate'],
  },
  {
    name: 'DAGs',
    source: 'dags',
    reads: await namesInDags(),
    services: ['airflow-scheduler', 'airflow-dag-processor'],
  },
  {
    name: 'Grafana',
    source: 'grafana/start.sh and grafana/provisioning',
    reads: await namesInGrafana(),
    services: ['grafana'],
  },
  { name: 'local', source: 'local/src/setup/settings.ts', reads: localVariables, services: [] },
  { name: 'preview', source: 'grafana/src/preview/config.ts', reads: Object.keys(previewConfig.shape), services: [] },
];

/** Names in quotes in Python; Airflow's own settings are no variables of ours. */
async function namesInDags(): Promise<string[]> {
  const names = [];
  for await (const file of glob('dags/**/*.py', { cwd: root })) {
    // What is withheld from a step is nothing that a DAG reads.
    const code = read(file).replace(/_WITHHELD = frozenset\([^)]*\)/, '');
    names.push(...namesIn(code, /"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)"/g));
  }
  return [...new Set(names)];
}

/** What start.sh takes from the environment, and what Grafana fills into its provisioning; Grafana's own settings are no variables of ours. */
async function namesInGrafana(): Promise<string[]> {
  const names = namesIn(read('grafana/start.sh'), /\$\{([A-Z_]+):-/g);
  for await (const file of glob('grafana/provisioning/**/*.yaml', { cwd: root })) {
    names.push(...namesIn(read(file), /^[^#\n]*\$([A-Z_]+)/gm));
  }
  return [...new Set(names)].filter((name) => !name.startsWith('GF_'));
}

const settings = new Map<string, DocumentedSetting>(documentedSettings.map((setting) => [setting.name, setting]));
const isFor = (scope: Scope | undefined, ...places: readonly Scope[]): boolean =>
  scope === undefined || places.includes(scope);

test('each variable that a program reads stands in .env.example', () => {
  const missing = programs.flatMap(({ name: program, source, reads }) =>
    reads
      .filter((name) => !settings.has(name) && !namesOfTheStack.has(name))
      .map(
        (name) =>
          `${name}, which ${program} reads (${source}): explain it in .env.example, or name it at its end among those that the stack sets itself`,
      ),
  );
  expect(missing).toEqual([]);
});

test('each variable of .env.example stands there once, with one line that says what it is', () => {
  expect(documentedSettings.length).toBeGreaterThan(80);
  expect(settings.size).toBe(documentedSettings.length);
  expect(documentedSettings.filter(({ comment }) => comment === '').map(({ name }) => name)).toEqual([]);
});

const stacks = ['development', 'production', 'test'] as const;

test.each(stacks)('in the containers of %s each program gets what it reads', (stack) => {
  const { services } = composeStack(stack);
  const problems = programs.flatMap(({ name: program, source, reads, services: its }) =>
    its.flatMap((service) => {
      const environment = services[service]?.environment ?? {};
      return reads.flatMap((name) => {
        const scope = settings.get(name)?.scope;
        const given = environment[name];
        const isInterpolated = given !== undefined && new RegExp(String.raw`\$\{${name}\b`).test(given);
        const where = `service ${service} of ${composeLayers[stack].join(' + ')}`;
        if (scope === 'host' && isInterpolated)
          return [`${name} is for this machine only ([host] in .env.example), but ${where} gets its value`];
        if (scope === 'host' || namesOfTheStack.has(name) || !isFor(scope, 'containers', 'development', 'production'))
          return [];
        // Tests choose values of their own.
        if (isInterpolated || (stack === 'test' && given !== undefined)) return [];
        return [
          `${name} does not reach ${where}, whose program (${program}, ${source}) reads it: add \`${name}: \${${name}:-}\` to its environment`,
        ];
      });
    }),
  );
  expect(problems).toEqual([]);
});

test.each(['development', 'production'] as const)(
  'each variable of .env.example has an effect in the containers of %s',
  (stack) => {
    const text = JSON.stringify(composeStack(stack));
    const unused = documentedSettings
      .filter(({ scope }) => isFor(scope, 'containers', stack))
      .filter(({ name }) => !new RegExp(String.raw`\$\{${name}\b`).test(text))
      .map(
        ({ name }) =>
          `${name} is nowhere in ${composeLayers[stack].join(' + ')}: pass it on, or say in .env.example where it has an effect ([host], [local] …)`,
      );
    expect(unused).toEqual([]);
  },
);

test('a step of a batch gets from its DAG what the etl command reads', () => {
  const python = read('dags/pulse/environment.py');
  const passedOn = new RegExp(`^(?:${/_PASSED_ON = re.compile\(r"(.*)"\)/.exec(python)?.[1]})$`);
  const withheld = new Set(namesIn(/_WITHHELD = frozenset\(([^)]*)\)/.exec(python)?.[1] ?? '', /"(\w+)"/g));
  expect(withheld.size).toBeGreaterThan(5);
  const ofTheRun = new Set(['AIRFLOW_DAG_ID', 'AIRFLOW_RUN_ID']);
  const lost = etlVariables.filter((name) => !ofTheRun.has(name) && (!passedOn.test(name) || withheld.has(name)));
  expect(lost.map((name) => `${name} is not passed on by dags/pulse/environment.py`)).toEqual([]);
});

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'settings-'));
  await copyFile(join(root, '.env.example'), join(folder, '.env.example'));
});
afterAll(() => rm(folder, { recursive: true }));

test('without containers each variable of .env.example reaches a program that reads it', async () => {
  const reads = new Set(programs.flatMap((program) => program.reads));
  const ofTheStack = documentedSettings.filter(({ scope }) => isFor(scope, 'local'));
  const changed = Object.fromEntries(ofTheStack.map(({ name, value }) => [name, anotherThan(value)]));
  const { environment } = await readSettings(changed, folder);
  const lost = ofTheStack
    .filter(({ name }) => !reads.has(name) || environment[name] !== changed[name])
    .map(
      ({ name }) =>
        `${name} has no effect in the stack without containers: pass it on, or say in .env.example where it has one ([containers] …)`,
    );
  expect(lost).toEqual([]);
});

function anotherThan(value: string): string {
  return value === '' || Number.isNaN(Number(value)) ? `${value}x` : String(Number(value) + 1);
}

test('each variable for this machine only is read by something on it', async () => {
  const texts = [];
  for await (const file of glob(
    ['local/*.sh', 'local/src/**/*.ts', 'docker-compose*.yaml', 'etl/src/settings/config.ts', 'tests/**/*.{ts,sh}'],
    { cwd: root },
  )) {
    if (!file.startsWith('tests/settings/')) texts.push(await readFile(join(root, file), 'utf8'));
  }
  const all = texts.join('\n');
  const unread = documentedSettings
    .filter(({ name, scope }) => scope === 'host' && !name.startsWith('COMPOSE_'))
    .filter(({ name }) => !new RegExp(String.raw`\b${name}\b`).test(all))
    .map(({ name }) => name);
  expect(unread).toEqual([]);
});

test('what the stack sets itself is named in .env.example without a value, and is not taken from there', () => {
  const text = JSON.stringify(composeStack('development')) + JSON.stringify(composeStack('production'));
  const taken = [...namesOfTheStack].filter((name) => settings.has(name) || text.includes(`\${${name}`));
  expect(namesOfTheStack.size).toBeGreaterThan(5);
  expect(taken).toEqual([]);
});

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { checkProduction } from './check-production.ts';
import { secrets } from './secrets.ts';
import { estimateStrength, type Strength } from './strength.ts';

const digestOf = (name: string): Buffer => createHash('sha512').update(name).digest();
const hexOf = (name: string): string => digestOf(name).toString('hex');
const fernetKey = (name: string): string => `${digestOf(name).subarray(0, 32).toString('base64url')}=`;

/** Settings of production with which it starts. */
const fine: Readonly<Record<string, string>> = {
  ...Object.fromEntries(secrets.map(({ name }) => [name, hexOf(name)])),
  AIRFLOW_FERNET_KEY: fernetKey('AIRFLOW_FERNET_KEY'),
  ALERT_WEBHOOK_URL: 'https://alerts.example.com/hook',
  CODE_VERSION: '1.4.0',
};

/** The estimate, made once for each secret: each test has nine that it does not change. */
const estimates = new Map<string, Strength>();
const estimateOnce: typeof estimateStrength = (secret, knownWords) => {
  const words = [secret, ...knownWords].join('\n');
  const made = estimates.get(words) ?? estimateStrength(secret, knownWords);
  estimates.set(words, made);
  return made;
};

/** What is reported of settings that differ from the fine ones, a line each. */
function refusalsOf(changes: Readonly<Record<string, string>>): string[] {
  return checkProduction({ ...fine, ...changes }, estimateOnce).map(
    ({ name, problem, remedy }) => `${name} ${problem}: ${remedy}`,
  );
}

const names = secrets.map(({ name }) => name);
const passwords = names.filter((name) => name.endsWith('_PASSWORD'));

test('production starts with secrets of its own', () => {
  expect(refusalsOf({})).toEqual([]);
});

test('each secret of the production layer is looked at', () => {
  const layer = readFileSync(new URL('../../../docker-compose.prod.yaml', import.meta.url), 'utf8');
  const required = [...layer.matchAll(/\$\{([A-Z_]+):\?/g)].map(([, name = '']) => name);
  expect([...new Set(required)].toSorted()).toEqual(names.toSorted());
});

test('the values of development are those that anybody can read', () => {
  const files = ['docker-compose.yaml', '.env.example'];
  const text = files.map((file) => readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8')).join('\n');
  const known = secrets.filter(({ development }) => development !== '');
  const stale = known.filter(
    ({ name, development }) =>
      !text.includes(`\${${name}:-${development}}`) && !text.includes(`\n${name}=${development}\n`),
  );
  expect(stale.map(({ name }) => name)).toEqual([]);
});

describe.each(secrets)('$name', ({ name, development, command }) => {
  test.each(['', '  '])('has to be set (%j)', (value) => {
    expect(refusalsOf({ [name]: value })).toEqual([
      `${name} is not set: set it in .env to the output of \`${command}\``,
    ]);
  });

  test('is not that of development', () => {
    const [refusal] = refusalsOf({ [name]: development });
    expect(refusal).toMatch(development === '' ? `${name} is not set` : `${name} has the value of development`);
  });

  test('is no other secret once more', () => {
    const other = secrets.find((secret) => secret.name !== name && secret.command === command);
    const given = other ?? secrets.find((secret) => secret.name !== name);
    const said = refusalsOf({ [name]: fine[given?.name ?? ''] ?? '' });
    expect(said).toContainEqual(expect.stringContaining(`${name} has the same value as ${given?.name}`));
    expect(said).toContainEqual(expect.stringContaining(`${given?.name} has the same value as ${name}`));
  });

  test('is hard to guess', () => {
    const easy = name === 'AIRFLOW_FERNET_KEY' ? `${'A'.repeat(43)}=` : 'aaaaaa'.repeat(20);
    expect(refusalsOf({ [name]: easy })).toEqual([
      expect.stringMatching(`${name} is easy to guess: it takes about 10\\^`),
    ]);
  });

  test('has no blank at an end', () => {
    expect(refusalsOf({ [name]: `${fine[name]} ` })).toEqual([
      expect.stringContaining(`${name} begins or ends with a blank`),
    ]);
  });
});

test('nine equal passwords are refused nine times, by name', () => {
  const equal = Object.fromEntries(names.slice(0, 9).map((name) => [name, 'correct-horse-battery-staple']));
  const refused = checkProduction({ ...fine, ...equal }, estimateOnce).filter(({ problem }) =>
    problem.startsWith('has the same'),
  );
  expect(refused.map(({ name }) => name)).toEqual(names.slice(0, 9));
});

test.each(
  passwords
    .map((name): [string, string] => [name, 'Kx9#vq2'])
    .concat([
      ['AIRFLOW_API_SECRET_KEY', hexOf('a').slice(0, 31)],
      ['AIRFLOW_JWT_SECRET', hexOf('a').slice(0, 63)],
      ['GRAFANA_SECRET_KEY', hexOf('a').slice(0, 31)],
    ]),
)('%s is refused when it is short', (name, value) => {
  expect(refusalsOf({ [name]: value }).join('\n')).toMatch(/is shorter than|stands in a URL/);
});

test('words of this stack, and who logs in, make no strong password', () => {
  for (const password of ['warehouse-2026!', 'ada.lovelace2026']) {
    const [refusal] = refusalsOf({ GRAFANA_ADMIN_PASSWORD: password, GRAFANA_ADMIN_USER: 'ada.lovelace' });
    expect(refusal).toMatch('GRAFANA_ADMIN_PASSWORD is easy to guess');
  }
});

test("the database's password of Airflow stands in a URL", () => {
  expect(refusalsOf({ AIRFLOW_DB_PASSWORD: `${hexOf('a')}@/` })).toEqual([
    expect.stringContaining('AIRFLOW_DB_PASSWORD stands in a URL and has a character other than'),
  ]);
});

describe('the Fernet key', () => {
  test('is made by the command that is named', () => {
    expect(refusalsOf({ AIRFLOW_FERNET_KEY: hexOf('a').slice(0, 48) })).toEqual([
      expect.stringMatching(
        /^AIRFLOW_FERNET_KEY is no Fernet key.*: set it in \.env to the output of `openssl rand -base64 32 \| tr \+\/ -_`$/,
      ),
    ]);
    expect(fernetKey('x')).toHaveLength(44);
  });

  test.each([
    ['of standard base64', `${fernetKey('x').slice(0, 40)}+/A=`],
    ['of 31 bytes', `${fernetKey('x').slice(0, 42)}==`],
    ['that is no base64', `${fernetKey('x').slice(0, 40)}!!!=`],
  ])('is none %s', (_, value) => {
    expect(refusalsOf({ AIRFLOW_FERNET_KEY: value })).toEqual([expect.stringContaining('is no Fernet key')]);
  });

  test('may be followed by older ones, which still decrypt', () => {
    expect(refusalsOf({ AIRFLOW_FERNET_KEY: `${fernetKey('new')},${fernetKey('old')}` })).toEqual([]);
  });
});

test.each([
  ['WAREHOUSE_SEED', 'sample', 'WAREHOUSE_SEED is sample, and sample rates are no rates: leave it empty in .env'],
  [
    'CODE_VERSION',
    'development',
    'CODE_VERSION does not say what runs: set it in .env to the output of `git describe --always --dirty`',
  ],
  [
    'CODE_VERSION',
    '',
    'CODE_VERSION does not say what runs: set it in .env to the output of `git describe --always --dirty`',
  ],
  [
    'ETL_FAILPOINT',
    'before-commit',
    'ETL_FAILPOINT makes steps of a batch kill themselves, for tests: leave it empty in .env',
  ],
  [
    'ALERT_WEBHOOK_URL',
    '',
    'ALERT_WEBHOOK_URL is not set, so that nobody hears of an alert: set it in .env, or set PREFLIGHT_WAIVE=ALERT_WEBHOOK_URL there',
  ],
  [
    'ALERT_WEBHOOK_URL',
    'alerts.example.com',
    'ALERT_WEBHOOK_URL is no address of http or https: set it in .env to one, as https://alerts.example.com/hook',
  ],
  [
    'PREFLIGHT_WAIVE',
    'GRAFANA_ADMIN_PASSWORD',
    'PREFLIGHT_WAIVE names GRAFANA_ADMIN_PASSWORD, which can not be waived: only ALERT_WEBHOOK_URL can',
  ],
])('%s is refused as %j', (name, value, said) => {
  expect(refusalsOf({ [name]: value })).toEqual([said]);
});

test('alerts are waived by name, and an empty seed is none', () => {
  const changes = { ALERT_WEBHOOK_URL: '', PREFLIGHT_WAIVE: ' ALERT_WEBHOOK_URL ', WAREHOUSE_SEED: '' };
  expect(refusalsOf(changes)).toEqual([]);
  expect(refusalsOf({ WAREHOUSE_SEED: 'none' })).toEqual([]);
});

test('all that is wrong is named at once', () => {
  const said = checkProduction({}).map(({ name }) => name);
  expect(said).toEqual([...names, 'CODE_VERSION', 'ALERT_WEBHOOK_URL']);
});

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { checkProduction } from './check-production.ts';
import { secrets } from './secrets.ts';
import { estimateStrength, type Strength } from './strength.ts';

const digestOf = (name: string): Buffer => createHash('sha512').update(name).digest();
const hexOf = (name: string): string => digestOf(name).toString('hex');
const fernetKey = (name: string): string => `${digestOf(name).subarray(0, 32).toString('base64url')}=`;

/** Production settings that are accepted. */
const fine: Readonly<Record<string, string>> = {
  ...Object.fromEntries(secrets.map(({ name }) => [name, hexOf(name)])),
  AIRFLOW_FERNET_KEY: fernetKey('AIRFLOW_FERNET_KEY'),
  ALERT_WEBHOOK_URL: 'https://alerts.example.com/hook',
  CODE_VERSION: '1.4.0',
};

/** Estimates each secret once: most tests change one of ten. */
const estimates = new Map<string, Strength>();
const estimateOnce: typeof estimateStrength = (secret, knownWords) => {
  const words = [secret, ...knownWords].join('\n');
  const made = estimates.get(words) ?? estimateStrength(secret, knownWords);
  estimates.set(words, made);
  return made;
};

/** The refusals of settings with these changes, one line each. */
function refusalsOf(changes: Readonly<Record<string, string>>): string[] {
  return checkProduction({ ...fine, ...changes }, estimateOnce).map(
    ({ name, problem, remedy }) => `${name} ${problem}: ${remedy}`,
  );
}

const names = secrets.map(({ name }) => name);
const passwords = names.filter((name) => name.endsWith('_PASSWORD'));

test('production starts with its own secrets', () => {
  expect(refusalsOf({})).toEqual([]);
});

test('each secret of the production layer is checked', () => {
  const layer = readFileSync(new URL('../../../docker-compose.prod.yaml', import.meta.url), 'utf8');
  const required = [...layer.matchAll(/\$\{([A-Z_]+):\?/g)].map(([, name = '']) => name);
  expect([...new Set(required)].toSorted()).toEqual(names.toSorted());
});

test('the known development values are those in the files', () => {
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

  test('must not have the development value', () => {
    const [refusal] = refusalsOf({ [name]: development });
    expect(refusal).toMatch(development === '' ? `${name} is not set` : `${name} has the value of development`);
  });

  test('must not equal another secret', () => {
    const other = secrets.find((secret) => secret.name !== name && secret.command === command);
    const given = other ?? secrets.find((secret) => secret.name !== name);
    const refused = refusalsOf({ [name]: fine[given?.name ?? ''] ?? '' });
    expect(refused).toContainEqual(expect.stringContaining(`${name} has the same value as ${given?.name}`));
    expect(refused).toContainEqual(expect.stringContaining(`${given?.name} has the same value as ${name}`));
  });

  test('must be hard to guess', () => {
    const easy = name === 'AIRFLOW_FERNET_KEY' ? `${'A'.repeat(43)}=` : 'aaaaaa'.repeat(20);
    expect(refusalsOf({ [name]: easy })).toEqual([
      expect.stringMatching(`${name} is easy to guess: it takes about 10\\^`),
    ]);
  });

  test('must not begin or end with a blank', () => {
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
  expect(refusalsOf({ [name]: value }).join('\n')).toMatch(/is shorter than|is part of a URL/);
});

test('words of this stack and user names do not make a strong password', () => {
  for (const password of ['warehouse-2026!', 'ada.lovelace2026']) {
    const [refusal] = refusalsOf({ GRAFANA_ADMIN_PASSWORD: password, GRAFANA_ADMIN_USER: 'ada.lovelace' });
    expect(refusal).toMatch('GRAFANA_ADMIN_PASSWORD is easy to guess');
  }
});

test("the password of Airflow's database is part of a URL", () => {
  expect(refusalsOf({ AIRFLOW_DB_PASSWORD: `${hexOf('a')}@/` })).toEqual([
    expect.stringContaining('AIRFLOW_DB_PASSWORD is part of a URL and has a character other than'),
  ]);
});

describe('the Fernet key', () => {
  test('is made by the named command', () => {
    expect(refusalsOf({ AIRFLOW_FERNET_KEY: hexOf('a').slice(0, 48) })).toEqual([
      expect.stringMatching(
        /^AIRFLOW_FERNET_KEY is not a Fernet key.*: set it in \.env to the output of `openssl rand -base64 32 \| tr \+\/ -_`$/,
      ),
    ]);
    expect(fernetKey('x')).toHaveLength(44);
  });

  test.each([
    ['standard base64', `${fernetKey('x').slice(0, 40)}+/A=`],
    ['31 bytes long', `${fernetKey('x').slice(0, 42)}==`],
    ['not base64', `${fernetKey('x').slice(0, 40)}!!!=`],
  ])('is refused if it is %s', (_, value) => {
    expect(refusalsOf({ AIRFLOW_FERNET_KEY: value })).toEqual([expect.stringContaining('is not a Fernet key')]);
  });

  test('may be followed by older ones, which still decrypt', () => {
    expect(refusalsOf({ AIRFLOW_FERNET_KEY: `${fernetKey('new')},${fernetKey('old')}` })).toEqual([]);
  });
});

test.each([
  [
    'WAREHOUSE_SEED',
    'sample',
    'WAREHOUSE_SEED is sample, and production takes no sample rates: leave it empty in .env',
  ],
  [
    'CODE_VERSION',
    'development',
    'CODE_VERSION does not name a release or commit: set it in .env to the output of `git describe --always --dirty`',
  ],
  [
    'CODE_VERSION',
    '',
    'CODE_VERSION does not name a release or commit: set it in .env to the output of `git describe --always --dirty`',
  ],
  [
    'ETL_FAILPOINT',
    'before-commit',
    'ETL_FAILPOINT makes steps of a batch kill themselves, for tests: leave it empty in .env',
  ],
  [
    'ALERT_WEBHOOK_URL',
    '',
    'ALERT_WEBHOOK_URL is not set, so nobody receives alerts: set it in .env, or set PREFLIGHT_WAIVE=ALERT_WEBHOOK_URL there',
  ],
  [
    'ALERT_WEBHOOK_URL',
    'alerts.example.com',
    'ALERT_WEBHOOK_URL is not an http or https address: set it in .env to one, such as https://alerts.example.com/hook',
  ],
  [
    'PREFLIGHT_WAIVE',
    'GRAFANA_ADMIN_PASSWORD',
    'PREFLIGHT_WAIVE names GRAFANA_ADMIN_PASSWORD, which can not be waived: only ALERT_WEBHOOK_URL can',
  ],
])('%s is refused as %j', (name, value, refusal) => {
  expect(refusalsOf({ [name]: value })).toEqual([refusal]);
});

test('alerts can be waived by name, and an empty seed is accepted', () => {
  const changes = { ALERT_WEBHOOK_URL: '', PREFLIGHT_WAIVE: ' ALERT_WEBHOOK_URL ', WAREHOUSE_SEED: '' };
  expect(refusalsOf(changes)).toEqual([]);
  expect(refusalsOf({ WAREHOUSE_SEED: 'none' })).toEqual([]);
});

test('all wrong variables are named at once', () => {
  const refused = checkProduction({}).map(({ name }) => name);
  expect(refused).toEqual([...names, 'CODE_VERSION', 'ALERT_WEBHOOK_URL']);
});

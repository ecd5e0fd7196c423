import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';

const root = join(import.meta.dirname, '../..');
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'env-file-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs a program in the folder of the `.env`, with no variable that could win over it. */
function run(command: string, args: readonly string[]) {
  const env = { PATH: process.env['PATH'], HOME: folder };
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, env, encoding: 'utf8' });
  return { status, stdout, stderr };
}

type Values = Readonly<Record<string, string | undefined>>;
type Reader = (names: readonly string[]) => Promise<Values>;

const asValues = z.record(z.string(), z.string());
const envFile = (): string => join(folder, '.env');

/** `setting` of our scripts, as the shell reads it. */
function readByScript(shell: string): Reader {
  return async (names) => {
    const script = `. ${root}/local/setting.sh; for name in ${names.join(' ')}; do setting "$name" ''; done`;
    const lines = run(shell, ['-c', script]).stdout.split('\n');
    return Object.fromEntries(names.map((name, index) => [name, lines[index]]));
  };
}

const readByNode: Reader = async (names) => {
  const script = `process.stdout.write(JSON.stringify(Object.fromEntries(${JSON.stringify(names)}.map((name) => [name, process.env[name] ?? '']))))`;
  return asValues.parse(JSON.parse(run(process.execPath, ['--env-file=.env', '-e', script]).stdout));
};

const readByParseEnv: Reader = async () => parseEnv(await readFile(envFile(), 'utf8'));

/** Compose's own parser needs no engine. In what it prints, a dollar sign stands twice. */
const readByCompose: Reader = async (names) => {
  const environment = Object.fromEntries(names.map((name) => [name, `\${${name}}`]));
  await writeFile(join(folder, 'compose.yaml'), JSON.stringify({ services: { it: { image: 'it', environment } } }));
  const { stdout, stderr } = run('docker', ['compose', '-f', 'compose.yaml', 'config', '--format', 'json']);
  if (stdout === '') throw new Error(stderr);
  const model = z.object({ services: z.object({ it: z.object({ environment: asValues }) }) });
  const read = model.parse(JSON.parse(stdout)).services.it.environment;
  return Object.fromEntries(Object.entries(read).map(([name, value]) => [name, value.replaceAll('$$', '$')]));
};

/** Everything here that reads `.env`: Compose where its command is installed. */
const readers: Readonly<Record<string, Reader>> = {
  sh: readByScript('sh'),
  bash: readByScript('bash'),
  'node --env-file': readByNode,
  parseEnv: readByParseEnv,
  ...(spawnSync('docker', ['compose', 'version']).status === 0 ? { Compose: readByCompose } : {}),
};

function check() {
  return run('sh', [join(root, 'local/check-env.sh')]);
}

async function readByAll(text: string, names: readonly string[]): Promise<Readonly<Record<string, Values>>> {
  await writeFile(envFile(), text);
  const read = Object.entries(readers).map(async ([reader, readFrom]) => {
    const values = await readFrom(names);
    return [reader, Object.fromEntries(names.map((name) => [name, values[name]]))] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}

test.each([
  ['plain', 'plain'],
  ['-Xms512m -Xmx512m', '-Xms512m -Xmx512m'],
  ['https://hooks.example.com/a?b=c&d=%20;e', 'https://hooks.example.com/a?b=c&d=%20;e'],
  ['', ''],
  ["''", ''],
  [`'p#a$s"s \`w\\ord'`, 'p#a$s"s `w\\ord'],
  ["' blanks '", ' blanks '],
  ["'$HOME ${HOME} $(id)'", '$HOME ${HOME} $(id)'],
])('everybody reads %j alike', async (written, meant) => {
  const read = await readByAll(`# it's a comment\nA=1\nIT=${written}\nB=2\n`, ['A', 'IT', 'B']);
  expect(check()).toEqual({ status: 0, stdout: '', stderr: '' });
  expect(read).toEqual(
    Object.fromEntries(Object.keys(readers).map((reader) => [reader, { A: '1', IT: meant, B: '2' }])),
  );
});

const inQuotes = "write IT='…' with single quotes around the value";
const asPlainLine = 'write that, with no export, no blank around the name and no line break in the value';

test.each([
  ['IT=a#b', `IT has the character #, which is read differently: ${inQuotes}`],
  ['IT=a # comment', `IT has the character #, which is read differently: ${inQuotes}`],
  ['IT=pa$word', `IT has the character $, which is read differently: ${inQuotes}`],
  ['IT="quoted"', `IT has the character ", which is read differently: ${inQuotes}`],
  ['IT=`quoted`', `IT has the character \`, which is read differently: ${inQuotes}`],
  ['IT=a\\nb', `IT has the character \\, which is read differently: ${inQuotes}`],
  [
    "IT=it's",
    "IT has the character ', which is read differently: no spelling of a single quote means the same to all: choose a value without one",
  ],
  [
    "IT='it's'",
    'IT has a single quote in its value, or text after the last one: put one pair around the value, with none in it',
  ],
  [
    "IT='a' # comment",
    'IT has a single quote in its value, or text after the last one: put one pair around the value, with none in it',
  ],
  [
    "IT='two\nlines'",
    'IT has a single quote in its value, or text after the last one: put one pair around the value, with none in it',
  ],
  ["IT='a\\'", 'IT ends with a backslash: choose a value that does not'],
  ['IT=a ', `IT begins or ends with a blank: remove it; if it is meant, ${inQuotes}`],
  ['IT= a', `IT begins or ends with a blank: remove it; if it is meant, ${inQuotes}`],
  ['IT= ', 'IT begins or ends with a blank: remove it'],
  ['IT=a\u0001b', 'IT has an invisible character: choose a value without it'],
  ['export IT=a', `it is not of the form NAME=value: ${asPlainLine}`],
  [' IT=a', `it is not of the form NAME=value: ${asPlainLine}`],
  ['IT =a', `it is not of the form NAME=value: ${asPlainLine}`],
  ['IT: a', `it is not of the form NAME=value: ${asPlainLine}`],
  ['secret', `the line is not of the form NAME=value: ${asPlainLine}`],
  ['IT=a\r', 'the file has the line ends of Windows: save it with those of Unix (LF)'],
  ['\uFEFFIT=a', 'the file begins with a byte order mark: save it without one'],
  [
    'AIRFLOW_DB_PASSWORD=a@b/c',
    'AIRFLOW_DB_PASSWORD is part of a URL and has a character other than A-Z a-z 0-9 . _ ~ -: choose one without',
  ],
])('%j is refused', async (line, reported) => {
  await writeFile(envFile(), `${line}\nB=2\n`);
  const { status, stderr } = check();
  expect({ status, first: stderr.split('\n')[0] }).toEqual({ status: 64, first: `.env line 1: ${reported}` });
  expect(stderr).not.toContain('secret');
});

test('what is refused is named all at once, by line', async () => {
  await writeFile(envFile(), 'A=a#\n\n# B=b#\nC=c\nD=d$\n');
  expect(check().stderr.match(/line \d+: \w/g)).toEqual(['line 1: A', 'line 5: D']);
});

test('whatever is not refused is read alike by everybody', { timeout: 120_000 }, async () => {
  const character = fc.constantFrom(...Array.from('ab1 #$"\'`\\=:;&|<>()!*?%@/.,-_~{}[]^+\tä'));
  const text = fc.string({ unit: character, maxLength: 12 });
  const value = fc.oneof(
    text,
    text.map((inner) => `'${inner}'`),
    fc.string({ unit: fc.constantFrom(...Array.from('ab1 =:;&|!%@/')), maxLength: 12 }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(value, { minLength: 60, maxLength: 60 }), async (values) => {
      const lines = values.map((written, index) => `V${index}=${written}`);
      await writeFile(envFile(), `${lines.join('\n')}\n`);
      const refused = new Set([...check().stderr.matchAll(/line (\d+)/g)].map(([, line]) => Number(line) - 1));
      const kept = lines.filter((_, index) => !refused.has(index));
      expect(kept.length).toBeGreaterThan(10);
      const read = await readByAll(
        `${kept.join('\n')}\n`,
        kept.map((line) => line.slice(0, line.indexOf('='))),
      );
      const [first] = Object.values(read);
      expect(read).toEqual(Object.fromEntries(Object.keys(readers).map((reader) => [reader, first])));
    }),
    { numRuns: 10 },
  );
});

/** What `setting` of our scripts prints of a variable, with others in its environment. */
function settingWith(environment: Readonly<Record<string, string>>): string {
  const env = { PATH: process.env['PATH'], ...environment };
  return spawnSync('sh', ['-c', `. ${root}/local/setting.sh; setting IT default`], {
    cwd: folder,
    env,
    encoding: 'utf8',
  }).stdout;
}

test('a variable of the environment wins over .env, an empty one too', async () => {
  await writeFile(envFile(), "IT='from file'\n");
  expect([settingWith({}), settingWith({ IT: String.raw`a\nb` }), settingWith({ IT: '' })]).toEqual([
    'from file\n',
    `${String.raw`a\nb`}\n`,
    'default\n',
  ]);
});

test('.env.example itself is read alike by everybody', async () => {
  const example = await readFile(join(root, '.env.example'), 'utf8');
  const names = [...example.matchAll(/^([A-Z][A-Z0-9_]*)=/gm)].map(([, name = '']) => name);
  const { sh, ...others } = await readByAll(example, names);
  expect(check().status).toBe(0);
  expect(names.length).toBeGreaterThan(80);
  for (const read of Object.values(others)) expect(read).toEqual(sh);
});

test.each(['dev-up', 'prod-up', 'setup', 'db-migrate', 'restore', 'clean', 'test'])(
  'make %s does nothing while .env is read differently',
  async (target) => {
    await writeFile(envFile(), 'GRAFANA_ADMIN_PASSWORD=pa$word\n');
    const scripts = ['run.sh', 'check-env.sh'].map((name) => `cp ${root}/local/${name} local/`).join(' && ');
    const { status, stdout, stderr } = run('sh', ['-c', `mkdir -p local && ${scripts} && local/run.sh ${target}`]);
    expect({ status, stdout }).toEqual({ status: 64, stdout: '' });
    expect(stderr).toMatch(/^\.env line 1: GRAFANA_ADMIN_PASSWORD has the character \$/);
  },
);

test('names and passwords in printed addresses are percent-encoded', () => {
  const text = "p ä'$@:/#?%&!(~.-_Z9";
  const { stdout } = run('sh', ['-c', `. ${root}/local/setting.sh; percent_encoded "$0"`, text]);
  expect(decodeURIComponent(stdout)).toBe(text);
  expect(stdout).toMatch(/^[A-Za-z0-9._~%-]+$/);
});

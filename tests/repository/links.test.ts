import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { expect, test } from 'vitest';

import { repositoryFiles, root, textOf } from './repository-files.ts';

const documents = repositoryFiles('*.md', '.github/**/*.md', '*/**/*.md').filter(
  (file) => !file.startsWith('findings/'),
);
const topFolders = new Set(repositoryFiles('*/**', '{.ci,.github,.githooks,.devcontainer}/**').map(topFolder));

function topFolder(path: string): string {
  return path.split('/')[0] ?? path;
}

/** The targets of a document's links and pictures that are neither addresses nor examples of code. */
function linksOf(document: string): readonly string[] {
  const text = textOf(document).replaceAll(/^```[\s\S]*?^```$/gm, '');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** The anchors of a document's headings, as GitHub makes them. */
function anchorsOf(document: string): readonly string[] {
  const headings = [...textOf(document).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Why a link leads nowhere; undefined where it leads to something. */
function brokenBecause(document: string, target: string): string | undefined {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? document : join(dirname(document), path);
  if (!existsSync(join(root, file))) return `${target}: there is no ${file}`;
  if (anchor !== undefined && !anchorsOf(file).includes(anchor)) return `${target}: ${file} has no such heading`;
  return undefined;
}

test.each(documents)('every link of %s leads to a file and a heading', (document) => {
  expect(linksOf(document).flatMap((target) => brokenBecause(document, target) ?? [])).toEqual([]);
});

test.each(documents)('every path of the repository that %s names is there', (document) => {
  const named = [...textOf(document).matchAll(/`([\w.@-]+\/[\w./@-]*)`/g)].map(([, path = '']) => path);
  const ours = named.filter((path) => topFolders.has(topFolder(path)));
  expect(ours.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test('there are documents, and they have links', () => {
  expect(documents).toEqual(expect.arrayContaining(['README.md', 'docs/ARCHITECTURE.md']));
  expect(linksOf('README.md').length).toBeGreaterThan(5);
});

test.each([
  ['docs/NOWHERE.md', 'docs/NOWHERE.md: there is no docs/NOWHERE.md'],
  ['docs/RUNBOOK.md#no-heading', 'docs/RUNBOOK.md#no-heading: docs/RUNBOOK.md has no such heading'],
  ['#start-it', undefined],
  ['docs/RUNBOOK.md#alerts', undefined],
])('a link from README.md to %s is found to be: %s', (target, reason) => {
  expect(brokenBecause('README.md', target)).toBe(reason);
});

import { globSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

import { readImports } from './read-imports.ts';

/** By part, the parts that it imports from, and for each of them which file imports which. */
type Arrows = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

/**
 * Finds cycles of imports between the parts of a folder. A part is a direct subfolder with everything below it, or a file
 * directly in the folder. Tests are read as well. Imports from outside the folder are ignored.
 * @returns one line for each group of parts that reach each other: the shortest cycle through its first part, with an import
 * for each arrow.
 * @throws Error if the folder has no TypeScript.
 */
export function findFolderCycles(sources: string): readonly string[] {
  const arrows = readArrows(sources);
  const cycles: string[] = [];
  const known = new Set<string>();
  for (const part of arrows.keys()) {
    if (known.has(part)) continue;
    const cycle = shortestPath(arrows, part, part);
    if (cycle === undefined) continue;
    const group = [...arrows.keys()].filter((other) => reaches(arrows, part, other) && reaches(arrows, other, part));
    for (const other of group) known.add(other);
    cycles.push(`${describeCycle(arrows, cycle)}; all of the group: ${group.join(', ')}`);
  }
  return cycles;
}

function readArrows(sources: string): Arrows {
  const arrows = new Map<string, Map<string, string[]>>();
  const files = globSync('**/*.{ts,tsx}', { cwd: sources, exclude: ['**/node_modules/**', '**/dist/**'] });
  if (files.length === 0) throw new Error(`no TypeScript in ${sources}`);
  for (const file of files.sort()) {
    const from = partOf(file);
    const ofPart = arrows.get(from) ?? new Map<string, string[]>();
    arrows.set(from, ofPart);
    for (const imported of readImports(join(sources, file))) {
      const path = relative(sources, imported);
      const to = partOf(path);
      if (to === from || to === '..') continue;
      ofPart.set(to, [...(ofPart.get(to) ?? []), `${file} imports ${path}`]);
    }
  }
  return arrows;
}

function partOf(path: string): string {
  return path.split(sep)[0] ?? path;
}

function reaches(arrows: Arrows, from: string, to: string): boolean {
  return from === to || shortestPath(arrows, from, to) !== undefined;
}

/** The parts of the shortest path along at least one arrow; undefined if there is none. */
function shortestPath(arrows: Arrows, from: string, to: string): readonly string[] | undefined {
  const seen = new Set<string>();
  let paths: string[][] = [[from]];
  while (paths.length > 0) {
    const longer: string[][] = [];
    for (const path of paths) {
      for (const next of arrows.get(path.at(-1) ?? from)?.keys() ?? []) {
        if (next === to) return [...path, to];
        if (seen.has(next)) continue;
        seen.add(next);
        longer.push([...path, next]);
      }
    }
    paths = longer;
  }
  return undefined;
}

function describeCycle(arrows: Arrows, cycle: readonly string[]): string {
  return cycle
    .slice(1)
    .map((to, index) => {
      const from = cycle[index] ?? '';
      const [first, ...more] = arrows.get(from)?.get(to) ?? [];
      return `${from} → ${to} (${first}${more.length > 0 ? ` and ${more.length} more` : ''})`;
    })
    .join(', ');
}

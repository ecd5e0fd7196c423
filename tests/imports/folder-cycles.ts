import { globSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

import { readImports } from './read-imports.ts';

/** By room, the rooms that it imports from, and for each of them what imports what. */
type Arrows = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

/**
 * The cycles of imports between the rooms of a folder. A room is a folder that stands directly in it, with all that is below,
 * or a file that stands directly in it. Tests are read as well. Imports of what is outside the folder are left out.
 * @returns for each group of rooms that reach each other one line: the shortest cycle through its first room, each arrow with
 * an import that makes it.
 * @throws Error where no TypeScript stands there.
 */
export function findFolderCycles(sources: string): readonly string[] {
  const arrows = readArrows(sources);
  const cycles: string[] = [];
  const known = new Set<string>();
  for (const room of arrows.keys()) {
    if (known.has(room)) continue;
    const cycle = shortestWay(arrows, room, room);
    if (cycle === undefined) continue;
    const group = [...arrows.keys()].filter((other) => reaches(arrows, room, other) && reaches(arrows, other, room));
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
    const from = roomOf(file);
    const ofRoom = arrows.get(from) ?? new Map<string, string[]>();
    arrows.set(from, ofRoom);
    for (const imported of readImports(join(sources, file))) {
      const path = relative(sources, imported);
      const to = roomOf(path);
      if (to === from || to === '..') continue;
      ofRoom.set(to, [...(ofRoom.get(to) ?? []), `${file} imports ${path}`]);
    }
  }
  return arrows;
}

function roomOf(path: string): string {
  return path.split(sep)[0] ?? path;
}

function reaches(arrows: Arrows, from: string, to: string): boolean {
  return from === to || shortestWay(arrows, from, to) !== undefined;
}

/** The rooms of the shortest way along at least one arrow; undefined where there is none. */
function shortestWay(arrows: Arrows, from: string, to: string): readonly string[] | undefined {
  const seen = new Set<string>();
  let ways: string[][] = [[from]];
  while (ways.length > 0) {
    const longer: string[][] = [];
    for (const way of ways) {
      for (const next of arrows.get(way.at(-1) ?? from)?.keys() ?? []) {
        if (next === to) return [...way, to];
        if (seen.has(next)) continue;
        seen.add(next);
        longer.push([...way, next]);
      }
    }
    ways = longer;
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

import { salesDimensionNames, type SalesDimensionName } from '@pulse/migrations/schema';

import {
  readLines,
  StagedFileDamagedError,
  StagedFileWriter,
  type StagedFile,
  type FileChecksum,
} from '../../staging/staged-file.ts';

/** What a transaction is counted by in the roll-ups, besides its time: its value of each dimension, '' for none. */
export type Market = Readonly<Record<SalesDimensionName, string>>;

/** Small numbers for the markets of a batch, 0 for the first: a batch has few of them. */
export class MarketNumbers {
  readonly #root = new Node();
  readonly #lines: string[] = [];

  /** All markets, each at the index of its number: a line of text, its values apart by tabs, which the contract allows in none. */
  lines(): readonly string[] {
    return this.#lines;
  }

  numberOf(market: Market): number {
    let node = this.#root;
    for (const name of fewestFirst) node = node.next(market[name]);
    node.number ??= this.#lines.push(salesDimensionNames.map((name) => market[name]).join('\t')) - 1;
    return node.number;
  }
}

/** Categories, the first dimension, may be many: they come last in the tree, so that most of its maps are few. */
const fewestFirst = salesDimensionNames.toReversed();

/** A tree of maps: four times as fast as one map by the joined values. */
class Node {
  number: number | undefined;
  #next: Map<string, Node> | undefined;

  next(value: string): Node {
    this.#next ??= new Map();
    let node = this.#next.get(value);
    if (node === undefined) this.#next.set(value, (node = new Node()));
    return node;
  }
}

/** Writes markets in the order of their numbers, one a line. */
export function writeMarkets(path: string, markets: MarketNumbers): FileChecksum {
  using file = new StagedFileWriter(path);
  for (const line of markets.lines()) file.writeText(`${line}\n`);
  return file.finish();
}

/** Reads them, each to the index of its number. */
export function readMarkets(file: StagedFile): Market[] {
  return [...readLines(file)].flat().map(parseMarket);
}

/** The market of a line. @throws StagedFileDamagedError when a value is missing. */
export function parseMarket(line: string): Market {
  const values = line.split('\t').map((value, index) => [salesDimensionNames[index], value]);
  const market: Partial<Market> = Object.fromEntries(values);
  if (!isMarket(market)) throw new StagedFileDamagedError(`a staged market has ${values.length} values`);
  return market;
}

function isMarket(market: Partial<Market>): market is Market {
  return salesDimensionNames.every((name) => market[name] !== undefined);
}

/** The market of a number. @throws RangeError where there is none. */
export function marketOf(markets: readonly Market[], number: number): Market {
  const market = markets[number];
  if (market === undefined) throw new RangeError(`there is no market ${number}`);
  return market;
}

import { readLines, StagedFileWriter, type SealedFile, type StagedFileSeal } from '../../staging/staged-file.ts';
import type { Market } from '../../pricing/market.ts';

/** Small numbers for the markets of a batch, 0 for the first: a batch has few of them. */
export class MarketNumbers {
  /** By currency, country and category: of these only categories may be many. */
  readonly #numbers = new Map<string, Map<string, Map<string, number>>>();
  readonly #markets: Market[] = [];

  /** All markets, each in the place of its number. */
  list(): readonly Market[] {
    return this.#markets;
  }

  numberOf({ productCategory, currency, country }: Market): number {
    let countries = this.#numbers.get(currency);
    if (countries === undefined) this.#numbers.set(currency, (countries = new Map()));
    let categories = countries.get(country);
    if (categories === undefined) countries.set(country, (categories = new Map()));
    let number = categories.get(productCategory);
    if (number === undefined) {
      number = this.#markets.push({ productCategory, currency, country }) - 1;
      categories.set(productCategory, number);
    }
    return number;
  }
}

/** Writes markets in the order of their numbers, one a line, fields apart by tabs: the contract allows none in any of them. */
export function writeMarkets(path: string, markets: readonly Market[]): StagedFileSeal {
  using file = new StagedFileWriter(path);
  for (const { productCategory, currency, country } of markets) {
    file.writeText(`${productCategory}\t${currency}\t${country}\n`);
  }
  return file.seal();
}

/** Reads them, each into the place of its number. */
export function readMarkets(file: SealedFile): Market[] {
  const lines = [...readLines(file)].flat();
  return lines.map((line) => {
    const [productCategory = '', currency = '', country = ''] = line.split('\t');
    return { productCategory, currency, country };
  });
}

/** The market of a number. @throws RangeError where there is none. */
export function marketOf(markets: readonly Market[], number: number): Market {
  const market = markets[number];
  if (market === undefined) throw new RangeError(`there is no market ${number}`);
  return market;
}

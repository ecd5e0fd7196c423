import { currencyExponent, formatMinor, type CurrencyExponent } from '@pulse/contract';

import type { ValidTransaction } from '../batch/valid-transaction.ts';
import { CustomerDays } from './customer-days.ts';
import { ExactSum } from './exact-sum.ts';
import type { JudgedTransaction } from './judge-transaction.ts';

interface MinuteSums {
  transactionCount: number;
  flaggedCount: number;
  readonly amountMinor: ExactSum;
  readonly taxMinor: ExactSum;
  readonly totalMinor: ExactSum;
  readonly amountBaseMinor: ExactSum;
  readonly taxBaseMinor: ExactSum;
}

const minuteMs = 60_000;

/** What a batch adds to the roll-ups, counted as its rows are made. */
export class RollUps {
  readonly #baseExponent: CurrencyExponent;
  readonly #markets = new MarketNumbers();
  /** By minute since 1970, then by market number; markets without a sale in a minute leave a hole. */
  readonly #minutes = new Map<number, MinuteSums[]>();
  readonly #days: CustomerDays;

  /** @param customerIdOf - The id of a customer by its number. */
  constructor(baseExponent: CurrencyExponent, customerIdOf: (customer: number) => string) {
    this.#baseExponent = baseExponent;
    this.#days = new CustomerDays(baseExponent, customerIdOf);
  }

  add(transaction: ValidTransaction, customer: number, judged: JudgedTransaction, isFlagged: boolean): void {
    this.#addToMinute(transaction, judged, isFlagged ? 1 : 0);
    this.#days.add(customer, transaction.timestampMs, judged.amountBaseMinor, isFlagged);
  }

  /** Rows of sales_per_minute: its columns in the table's order, amounts as text in major units. */
  *minuteRows(): Generator<(string | number)[]> {
    for (const [minute, markets] of this.#minutes) {
      const minuteText = new Date(minute * minuteMs).toISOString();
      for (const [number, sums] of Object.entries(markets)) {
        yield this.#minuteRow(minuteText, this.#markets.marketOf(Number(number)), sums);
      }
    }
  }

  #minuteRow(minute: string, { productCategory, currency, country }: Market, sums: MinuteSums): (string | number)[] {
    const exponent = currencyExponent(currency) ?? 2;
    return [
      minute,
      productCategory,
      currency,
      country,
      sums.transactionCount,
      sums.flaggedCount,
      formatMinor(sums.amountMinor.value, exponent),
      formatMinor(sums.taxMinor.value, exponent),
      formatMinor(sums.totalMinor.value, exponent),
      formatMinor(sums.amountBaseMinor.value, this.#baseExponent),
      formatMinor(sums.taxBaseMinor.value, this.#baseExponent),
    ];
  }

  /** Rows of customer_days: its columns in the table's order. */
  customerDayRows(): Generator<(string | number)[]> {
    return this.#days.rows();
  }

  #addToMinute(t: ValidTransaction, judged: JudgedTransaction, flagged: number): void {
    const minute = Math.floor(t.timestampMs / minuteMs);
    let markets = this.#minutes.get(minute);
    if (markets === undefined) this.#minutes.set(minute, (markets = []));
    const market = this.#markets.numberOf(t);
    const sums = (markets[market] ??= noSales());
    sums.transactionCount += 1;
    sums.flaggedCount += flagged;
    sums.amountMinor.add(t.amountMinor);
    sums.taxMinor.add(judged.taxMinor);
    sums.amountBaseMinor.add(judged.amountBaseMinor);
    sums.taxBaseMinor.add(judged.taxBaseMinor);
    sums.totalMinor.add(judged.totalMinor);
  }
}

type Market = Pick<ValidTransaction, 'productCategory' | 'currency' | 'country'>;

/** Small numbers for combinations of category, currency and country: quicker to find than a text made of the three. */
class MarketNumbers {
  readonly #numbers = new Map<string, Map<string, Map<string, number>>>();
  readonly #markets: Market[] = [];

  marketOf(number: number): Market {
    const market = this.#markets[number];
    if (market === undefined) throw new RangeError(`there is no market ${number}`);
    return market;
  }

  numberOf({ productCategory, currency, country }: Market): number {
    let currencies = this.#numbers.get(productCategory);
    if (currencies === undefined) this.#numbers.set(ownText(productCategory), (currencies = new Map()));
    let countries = currencies.get(currency);
    if (countries === undefined) currencies.set(ownText(currency), (countries = new Map()));
    let number = countries.get(country);
    if (number === undefined) {
      const market = {
        productCategory: ownText(productCategory),
        currency: ownText(currency),
        country: ownText(country),
      };
      number = this.#markets.push(market) - 1;
      countries.set(market.country, number);
    }
    return number;
  }
}

function noSales(): MinuteSums {
  return {
    transactionCount: 0,
    flaggedCount: 0,
    amountMinor: new ExactSum(),
    taxMinor: new ExactSum(),
    totalMinor: new ExactSum(),
    amountBaseMinor: new ExactSum(),
    taxBaseMinor: new ExactSum(),
  };
}

/** The same text with memory of its own: one that was cut from a chunk of a file keeps the whole chunk alive. */
function ownText(text: string): string {
  return Buffer.from(text).toString();
}

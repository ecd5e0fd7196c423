import type { CurrencyExponent } from '@pulse/contract';

import { CustomerDays } from './customer-days.ts';
import type { PricedTransaction } from '../../pricing/price-transaction.ts';
import { MinuteSales, type CountedSale } from './minute-sales.ts';
import type { Market } from './market-numbers.ts';

/** What a batch adds to the roll-ups, summed while its rows are made. */
export class RollUps {
  readonly #minutes: MinuteSales;
  readonly #days: CustomerDays;

  /** @param markets - Each at the index of its number. */
  constructor(baseExponent: CurrencyExponent, markets: readonly Market[]) {
    this.#minutes = new MinuteSales(baseExponent, markets);
    this.#days = new CustomerDays(baseExponent);
  }

  add(sale: CountedSale, customerId: string, priced: PricedTransaction, isFlagged: boolean): void {
    this.#minutes.add(sale, priced, isFlagged);
    this.#days.add(customerId, sale.timestampMs, priced.amountBaseMinor, isFlagged);
  }

  /** Rows of sales_per_minute, with the day and rate of their tax: see `MinuteSales`. */
  minuteRows(): Generator<(string | number | boolean)[]> {
    return this.#minutes.rows();
  }

  /** Rows of customer_days: its columns in the table's order. */
  customerDayRows(): Generator<(string | number)[]> {
    return this.#days.rows();
  }

  /** Forgets the customers' days. */
  clearCustomerDays(): void {
    this.#days.clear();
  }
}

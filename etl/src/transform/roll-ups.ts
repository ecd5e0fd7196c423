import type { CurrencyExponent } from '@pulse/contract';

import type { ValidTransaction } from '../batch/valid-transaction.ts';
import { CustomerDays } from './customer-days.ts';
import type { JudgedTransaction } from './judge-transaction.ts';
import { MinuteSales } from './minute-sales.ts';

/** What a batch adds to the roll-ups, counted as its rows are made. */
export class RollUps {
  readonly #minutes: MinuteSales;
  readonly #days: CustomerDays;

  /** @param customerIdOf - The id of a customer by its number. */
  constructor(baseExponent: CurrencyExponent, customerIdOf: (customer: number) => string) {
    this.#minutes = new MinuteSales(baseExponent);
    this.#days = new CustomerDays(baseExponent, customerIdOf);
  }

  add(transaction: ValidTransaction, customer: number, judged: JudgedTransaction, isFlagged: boolean): void {
    this.#minutes.add(transaction, judged, isFlagged);
    this.#days.add(customer, transaction.timestampMs, judged.amountBaseMinor, isFlagged);
  }

  /** Rows of sales_per_minute: its columns in the table's order, amounts as text in major units. */
  minuteRows(): Generator<(string | number)[]> {
    return this.#minutes.rows();
  }

  /** Rows of customer_days: its columns in the table's order. */
  customerDayRows(): Generator<(string | number)[]> {
    return this.#days.rows();
  }
}

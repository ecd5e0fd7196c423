import { Customers, type ListEntry } from './customers.ts';
import { FraudJudge, type FraudVerdicts } from './fraud-judge.ts';
import type { FraudSale } from './rule.ts';
import type { PreparedRuleSet } from './rule-set.ts';

/** A sale of the stored history. */
export interface PastSale {
  readonly orderId: string;
  readonly customerId: string;
  readonly sale: FraudSale;
  /** When it was loaded, in milliseconds since 1970. */
  readonly loadedMs: number;
  /** False for a sale that is only remembered, for those that come after it. */
  readonly isJudged: boolean;
}

/** An entry of a list, and while it stood; milliseconds since 1970, infinite while nobody has removed it. */
export interface ListPeriod extends ListEntry {
  readonly recordedMs: number;
  readonly removedMs: number;
}

/** How many customers are remembered at once: one has done when the next begins. */
const customersMax = 1000;

/**
 * Judges sales of the past as they came, by two sets side by side; see `FraudJudge`. It takes all sales of one customer, in the
 * order they were loaded, before those of the next, and so needs memory for few customers, however long the history is. Pure.
 */
export class HistoryReplay {
  readonly #live: PreparedRuleSet;
  readonly #draft: PreparedRuleSet;
  readonly #periods: ReadonlyMap<string, readonly ListPeriod[]>;
  #customers = new Customers();
  #judge: FraudJudge;
  #customerId: string | undefined;

  constructor(live: PreparedRuleSet, draft: PreparedRuleSet, periods: readonly ListPeriod[]) {
    this.#live = live;
    this.#draft = draft;
    this.#periods = Map.groupBy(periods, ({ customerId }) => customerId);
    this.#judge = new FraudJudge(this.#customers, live, draft);
  }

  /** @returns the verdicts, where the sale is one to judge; `shadow` is the draft's. */
  take({ customerId, sale, loadedMs, isJudged }: PastSale): FraudVerdicts | undefined {
    if (customerId !== this.#customerId) this.#begin(customerId);
    const customer = this.#customers.numberOf(customerId);
    if (!isJudged) {
      this.#customers.add(customer, sale);
      return undefined;
    }
    const periods = this.#periods.get(customerId);
    if (periods !== undefined) {
      const standing = periods.filter(({ recordedMs, removedMs }) => recordedMs <= loadedMs && loadedMs < removedMs);
      this.#customers.setEntries(customerId, standing);
    }
    return this.#judge.judge(customer, sale);
  }

  #begin(customerId: string): void {
    this.#customerId = customerId;
    if (this.#customers.size < customersMax) return;
    this.#customers = new Customers();
    this.#judge = new FraudJudge(this.#customers, this.#live, this.#draft);
  }
}

/** Small numbers for pairs of currency and country, of which a batch has few. */
export class Markets {
  readonly #numbers = new Map<string, Map<string, number>>();
  readonly #currencies: string[] = [];
  readonly #countries: string[] = [];

  numberOf(currency: string, country: string): number {
    let ofCurrency = this.#numbers.get(currency);
    if (ofCurrency === undefined) this.#numbers.set(ownText(currency), (ofCurrency = new Map<string, number>()));
    const known = ofCurrency.get(country);
    if (known !== undefined) return known;
    const number = this.#currencies.length;
    ofCurrency.set(ownText(country), number);
    this.#currencies.push(ownText(currency));
    this.#countries.push(ownText(country));
    return number;
  }

  currencyOf(number: number): string {
    return this.#currencies[number] ?? '';
  }

  /** Empty where the sale named none. */
  countryOf(number: number): string {
    return this.#countries[number] ?? '';
  }
}

/** The same text with memory of its own: one that was cut from a chunk of a file keeps the whole chunk alive. */
function ownText(text: string): string {
  return Buffer.from(text).toString();
}

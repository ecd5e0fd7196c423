/** Small numbers for pairs of currency and country, of which a batch has few. */
export class Markets {
  readonly #numbers = new Map<string, Map<string, number>>();
  readonly #currencies: string[] = [];
  readonly #countries: string[] = [];

  numberOf(currency: string, country: string): number {
    let ofCurrency = this.#numbers.get(currency);
    if (ofCurrency === undefined) this.#numbers.set(currency, (ofCurrency = new Map<string, number>()));
    const known = ofCurrency.get(country);
    if (known !== undefined) return known;
    const number = this.#currencies.length;
    ofCurrency.set(country, number);
    this.#currencies.push(currency);
    this.#countries.push(country);
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

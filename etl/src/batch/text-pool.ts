/**
 * One copy of each of the few texts that come again and again. What is cut from a chunk of a file keeps the whole chunk
 * alive, and is compared letter by letter; what comes from here does neither.
 */
export class TextPool {
  readonly #texts = new Map<string, string>();

  of(text: string): string {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    const own = Buffer.from(text).toString();
    this.#texts.set(own, own);
    return own;
  }
}

/** A seeded random number generator: the same seed gives the same sequence on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  readonly next: () => number;
  /** An integer of 32 random bits. */
  readonly bits32: () => number;
}

/** sfc32 by Chris Doty-Humphrey: 128 bits of state, fast, passes PractRand. Not for secrets. */
export function createRandom(seed: number): Random {
  let a = 0x9e3779b9;
  let b = Math.floor(seed / 2 ** 32) | 0;
  let c = seed | 0;
  let counter = 1;

  function bits32(): number {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  }

  // The first outputs depend on the seed too directly.
  for (let round = 0; round < 15; round += 1) bits32();
  return { bits32, next: () => bits32() / 2 ** 32 };
}

/** Uniform in [min, max). */
export function between(random: Random, min: number, max: number): number {
  return min + random.next() * (max - min);
}

/** An integer from min to max, both included. */
export function wholeBetween(random: Random, min: number, max: number): number {
  return min + Math.floor(random.next() * (max - min + 1));
}

export function pick<Item>(random: Random, items: readonly [Item, ...Item[]]): Item {
  return items[Math.floor(random.next() * items.length)] ?? items[0];
}

/** Returns a function that picks an item with a chance proportional to its weight. */
export function weightedPicker<Item>(items: readonly [Item, ...Item[]], weightOf: (item: Item) => number) {
  let total = 0;
  const steps = items.map((item) => ({ item, upTo: (total += weightOf(item)) }));
  return (random: Random): Item => {
    const point = random.next() * total;
    return (steps.find(({ upTo }) => point < upTo) ?? { item: items[0] }).item;
  };
}

/** Log-normal: half of the values are below `median`. With sigma 0.8, one in 260 is above 8.4 medians. */
export function logNormal(random: Random, median: number, sigma: number): number {
  // Box–Muller transform; 1 - next() is never 0, so the logarithm is finite.
  const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  return median * Math.exp(sigma * normal);
}

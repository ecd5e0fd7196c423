import { faker } from '@faker-js/faker/locale/en';
import { productCategories, type ProductCategory } from '@pulse/contract';

import { markets, neighboursOf, type Market } from './markets.ts';
import { createRandom, logNormal, pick, weightedPicker, type Random } from './random.ts';

export interface Product {
  readonly category: ProductCategory;
  readonly priceDollars: number;
}

export interface Customer {
  readonly id: string;
  readonly home: Market;
  /** For those who live near a border: where they also buy. */
  readonly acrossTheBorder: Market | undefined;
  /** What this customer spends against the average: half spend less than 1. */
  readonly scale: number;
  /** Categories bought from; a favourite stands in it more than once. */
  readonly taste: readonly [ProductCategory, ...ProductCategory[]];
}

export interface Population {
  readonly customers: readonly [Customer, ...Customer[]];
  readonly productsOf: Readonly<Record<ProductCategory, readonly [Product, ...Product[]]>>;
}

/** Customers of a middling shop, unless asked for otherwise. */
export const customerCountDefault = 5_000;
const productsPerCategory = 60;

/** Median price in dollars and spread of the logarithm. */
const prices: Readonly<Record<ProductCategory, { median: number; sigma: number }>> = {
  electronics: { median: 110, sigma: 0.7 },
  clothing: { median: 45, sigma: 0.6 },
  home_garden: { median: 60, sigma: 0.7 },
  sports: { median: 50, sigma: 0.7 },
  books: { median: 18, sigma: 0.5 },
  toys: { median: 25, sigma: 0.6 },
  automotive: { median: 85, sigma: 0.7 },
  health_beauty: { median: 28, sigma: 0.6 },
};

/** Everyone who buys and everything there is to buy, the same for the same seed and number of customers. */
export function createPopulation(seed: number, customerCount = customerCountDefault): Population {
  faker.seed(seed % 2 ** 32);
  const random = createRandom(seed);
  const [first, ...others] = Array.from({ length: customerCount }, () => createCustomer(random));
  if (first === undefined) throw new Error('a population needs a customer');
  return { customers: [first, ...others], productsOf: createProducts(random) };
}

/** A customer nobody has seen before. */
export function createCustomer(random: Random, id = `cust-${faker.string.alphanumeric(12)}`): Customer {
  const favourite = pick(random, productCategories);
  const home = pickMarket(random);
  return {
    id,
    home,
    acrossTheBorder: random.next() < borderShare ? neighbourOf(random, home) : undefined,
    scale: logNormal(random, 1, 0.3),
    taste: [favourite, favourite, pick(random, productCategories), pick(random, productCategories)],
  };
}

/** Share of the customers who buy on both sides of a border, where there is one. */
const borderShare = 0.05;

function neighbourOf(random: Random, home: Market): Market | undefined {
  const neighbours = neighboursOf(home);
  return neighbours[Math.floor(random.next() * neighbours.length)];
}

const pickMarket = weightedPicker(markets, ({ weight }) => weight);

function createProducts(random: Random): Population['productsOf'] {
  const products = (category: ProductCategory): readonly [Product, ...Product[]] => [
    createProduct(random, category, 0),
    ...Array.from({ length: productsPerCategory - 1 }, (_, index) => createProduct(random, category, index + 1)),
  ];
  return {
    electronics: products('electronics'),
    clothing: products('clothing'),
    home_garden: products('home_garden'),
    sports: products('sports'),
    books: products('books'),
    toys: products('toys'),
    automotive: products('automotive'),
    health_beauty: products('health_beauty'),
  };
}

/**
 * Prices are log-normal, drawn from even slices of the distribution: every seed has as many dear products as the next, or one
 * seed's honest customers would pass 1,000 dollars twice as often as another's.
 */
function createProduct(random: Random, category: ProductCategory, index: number): Product {
  const { median, sigma } = prices[category];
  const quantile = (index + random.next()) / productsPerCategory;
  return { category, priceDollars: median * Math.exp(sigma * normalQuantile(quantile)) };
}

/** Inverse of the normal distribution, by Tukey's lambda: right to 0.01 within three deviations. */
function normalQuantile(share: number): number {
  return 4.91 * (share ** 0.14 - (1 - share) ** 0.14);
}

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
  /** The market across the border, where the customer buys there as well. */
  readonly neighbourMarket: Market | undefined;
  /** Factor of what this customer spends. Its median is 1. */
  readonly scale: number;
  /** Categories that the customer buys from; the favourite is in it more than once. */
  readonly taste: readonly [ProductCategory, ...ProductCategory[]];
}

export interface Population {
  readonly customers: readonly [Customer, ...Customer[]];
  readonly productsOf: Readonly<Record<ProductCategory, readonly [Product, ...Product[]]>>;
}

export const customerCountDefault = 5_000;
const productsPerCategory = 60;

/** Median price in dollars, and the standard deviation of its logarithm. */
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

/** All customers and products; the same for the same seed and number of customers. */
export function createPopulation(seed: number, customerCount = customerCountDefault): Population {
  faker.seed(seed % 2 ** 32);
  const random = createRandom(seed);
  const [first, ...others] = Array.from({ length: customerCount }, () => createCustomer(random));
  if (first === undefined) throw new Error('a population needs a customer');
  return { customers: [first, ...others], productsOf: createProducts(random) };
}

/** A new customer. */
export function createCustomer(random: Random, id = `cust-${faker.string.alphanumeric(12)}`): Customer {
  const favourite = pick(random, productCategories);
  const home = pickMarket(random);
  return {
    id,
    home,
    neighbourMarket: random.next() < crossBorderRatio ? neighbourOf(random, home) : undefined,
    scale: logNormal(random, 1, 0.3),
    taste: [favourite, favourite, pick(random, productCategories), pick(random, productCategories)],
  };
}

/** Ratio of the customers who buy on both sides of a border, where their market has one. */
const crossBorderRatio = 0.05;

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
 * Prices are log-normal, one from each of equal slices of the distribution, so that each seed has the same number of expensive
 * products. Otherwise amounts above 1,000 dollars would be twice as frequent with one seed as with another.
 */
function createProduct(random: Random, category: ProductCategory, index: number): Product {
  const { median, sigma } = prices[category];
  const quantile = (index + random.next()) / productsPerCategory;
  return { category, priceDollars: median * Math.exp(sigma * normalQuantile(quantile)) };
}

/** The inverse of the normal distribution, by Tukey's lambda: exact to 0.01 within three standard deviations. */
function normalQuantile(probability: number): number {
  return 4.91 * (probability ** 0.14 - (1 - probability) ** 0.14);
}

/** The categories that the producer sells. The contract accepts any text of up to 50 characters. */
export const productCategories = [
  'electronics',
  'clothing',
  'home_garden',
  'sports',
  'books',
  'toys',
  'automotive',
  'health_beauty',
] as const;

export type ProductCategory = (typeof productCategories)[number];

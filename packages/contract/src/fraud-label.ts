import * as z from 'zod';

/** The fraud patterns of the producer. `high_amount` is a single sale; the others are sequences of one customer. */
export const fraudPatterns = [
  'velocity_burst',
  'card_testing',
  'high_amount',
  'country_hopping',
  'currency_hopping',
  'new_customer_high_amount',
  'duplicate_amount_burst',
  'account_takeover',
] as const;

export type FraudPattern = (typeof fraudPatterns)[number];

/** Value of a record in the topic `fraud-labels`; its key is the order id. */
export const fraudLabel = z.object({
  order_id: z.string().min(1),
  pattern: z.enum(fraudPatterns),
});

export type FraudLabel = z.infer<typeof fraudLabel>;

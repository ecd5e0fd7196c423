import * as z from 'zod';

/** Where a running stack answers and how to log in. */
export const stackAddresses = z.object({
  /** Without a slash at the end. */
  airflowUrl: z.url(),
  airflowUser: z.string(),
  airflowPassword: z.string(),
  kafkaBootstrapServers: z.string(),
  transactionsTopic: z.string(),
  /** The owner's URL. */
  warehouseUrl: z.url(),
  /** Seconds between two scheduled runs. */
  scheduleSeconds: z.coerce.number().int().positive(),
  /** The folder of a stack without containers. */
  localDir: z.string().optional(),
});

export type StackAddresses = z.output<typeof stackAddresses>;

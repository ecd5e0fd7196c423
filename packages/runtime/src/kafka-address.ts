import * as z from 'zod';

const port = z.coerce.number().int().min(1).max(65_535);

/** Kafka's variables, for every program that connects to it. Without brokers it is this machine at KAFKA_PORT. */
export const kafkaAddress = {
  KAFKA_BOOTSTRAP_SERVERS: z
    .string()
    .transform((list) => list.split(',').map((broker) => broker.trim()))
    .refine(
      (brokers) => brokers.every((broker) => /^[^\s:]+:[0-9]+$/.test(broker)),
      'host:port, several separated by commas',
    )
    .optional(),
  KAFKA_PORT: port.optional(),
};

const portDefault = 9092;

interface Given {
  readonly KAFKA_BOOTSTRAP_SERVERS?: readonly string[] | undefined;
  readonly KAFKA_PORT?: number | undefined;
}

/** The brokers in these variables. */
export function kafkaBrokers({ KAFKA_BOOTSTRAP_SERVERS: brokers, KAFKA_PORT: own }: Given): readonly string[] {
  return brokers ?? [kafkaOfThisMachine(own)];
}

/** The address of this machine's broker. */
export function kafkaOfThisMachine(own: number = portDefault): string {
  return `127.0.0.1:${own}`;
}

/** Refuses a list with this machine but another port than KAFKA_PORT, because it is unclear which one is meant. */
export function kafkaAddressIsOne(given: Given, context: z.RefinementCtx): void {
  const { KAFKA_BOOTSTRAP_SERVERS: brokers = [], KAFKA_PORT: own } = given;
  const named = brokers.length === 1 ? /^(?:127\.0\.0\.1|localhost):(\d+)$/.exec(brokers[0] ?? '')?.[1] : undefined;
  if (own === undefined || named === undefined || Number(named) === own) return;
  context.addIssue({
    code: 'custom',
    path: ['KAFKA_BOOTSTRAP_SERVERS'],
    message: `KAFKA_PORT is ${own}; leave KAFKA_BOOTSTRAP_SERVERS empty to follow it, or KAFKA_PORT to connect elsewhere`,
  });
}

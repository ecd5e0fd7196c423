import type { Config } from './config.ts';

/** Why production's Kafka must not get a run's messages; undefined where it may. */
export function productionRefusal({
  isProductionAllowed,
  history,
}: Pick<Config, 'isProductionAllowed' | 'history'>): string | undefined {
  if (!isProductionAllowed) {
    return (
      "this Kafka is production's, and made-up transactions would be taken for real ones: nothing was sent. Send them to another " +
      'stack, or set PRODUCER_ALLOW_PRODUCTION=true where no transaction is real'
    );
  }
  if (history !== undefined) {
    return "this Kafka is production's, and a history is for development only: nothing was sent. Set PRODUCER_HISTORY_HOURS=0";
  }
  return undefined;
}

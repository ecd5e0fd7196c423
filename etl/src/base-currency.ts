import { ConfigError } from '@pulse/runtime';

/** @throws ConfigError unless amounts of the warehouse are in this currency. */
export function requireBaseCurrency(stored: string, configured: string): void {
  if (stored === configured) return;
  throw new ConfigError(
    `ETL_BASE_CURRENCY is ${configured}, but amounts in the warehouse are in ${stored}, and no sum may mix the two: ` +
      `set it back to ${stored}, or begin a new warehouse`,
  );
}

import { currencyOf } from '@pulse/contract';
import { ConfigError } from '@pulse/runtime';

/** @throws ConfigError unless amounts of the warehouse are in this currency. */
export function requireBaseCurrency(stored: string, configured: string): void {
  if (stored === configured) return;
  throw new ConfigError(
    `ETL_BASE_CURRENCY is ${configured}, but amounts in the warehouse are in ${stored}, and no sum may mix the two: ` +
      `set it back to ${stored}, or begin a new warehouse`,
  );
}

/**
 * A warehouse may keep the base currency that it has, but none begins with one that is no longer legal tender.
 * @param today - The UTC day as YYYY-MM-DD.
 * @throws ConfigError when it is not.
 */
export function requireLegalTender(code: string, today: string): void {
  const to = currencyOf(code)?.to ?? null;
  if (to === null || today <= to) return;
  throw new ConfigError(
    `ETL_BASE_CURRENCY ${code} was legal tender until ${to} only: set a currency of today, as EUR or USD`,
  );
}

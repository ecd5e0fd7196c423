/**
 * Unit of amounts in the base currency: a plain number, since ETL_BASE_CURRENCY decides which currency that is and
 * a dashboard's units are fixed when it is generated.
 */
export const baseAmountUnit = 'short';

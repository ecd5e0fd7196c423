export { dayAfter, parseDay } from './calendar-day.ts';
export { productCategories, type ProductCategory } from './category.ts';
export { checkMessage, type CheckedMessage } from './check-message.ts';
export { checkTransaction } from './check-transaction.ts';
export { countryAdvice } from './country-advice.ts';
export { countryCodes, isCountry } from './country.ts';
export { currencyCodes, currencyExponent, currencyOf, isInForce, type Currency } from './currency.ts';
export { encodeTransaction } from './encode-transaction.ts';
export { fraudLabel, fraudPatterns, type FraudLabel, type FraudPattern } from './fraud-label.ts';
export { JsonNumber } from './json-number.ts';
export {
  amountReason,
  amountIntegerDigitsMax,
  formatMinor,
  parseAmountMinor,
  type AmountReason,
  type CurrencyExponent,
} from './money.ts';
export { rejectReasons, type FieldError, type RejectReason } from './reject-reason.ts';
export { parseTimestamp, type Instant, type TimestampReason } from './timestamp.ts';
export { deadLetterHeaders, deadLetterTopic, recordKey, topics, valueSizeMaxBytes } from './topics.ts';
export { schemaVersions, textLengthMax, transactionMessage, type TransactionMessage } from './transaction.ts';

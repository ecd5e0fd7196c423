export { customerDays } from './customer-days.ts';
export { customerProfiles, type RecentSale } from './customer-profiles.ts';
export { duplicateRecords } from './duplicate-records.ts';
export { etlBatchRanges } from './etl-batch-ranges.ts';
export { batchKinds, batchStates, etlBatches, type BatchKind, type BatchState } from './etl-batches.ts';
export { etlIncidents, type IncidentDetails } from './etl-incidents.ts';
export { etlReconciliations, type ReconciliationDifference } from './etl-reconciliations.ts';
export { etlReprocesses, type ReprocessDifference } from './etl-reprocesses.ts';
export { exchangeRates } from './exchange-rates.ts';
export { fraudAlerts, type FraudReason } from './fraud-alerts.ts';
export { fraudLabels } from './fraud-labels.ts';
export { fraudListEntries } from './fraud-list-entries.ts';
export { fraudRuleSets, ruleSetStatuses, type RuleSetStatus } from './fraud-rule-sets.ts';
export { fraudShadowVerdicts } from './fraud-shadow-verdicts.ts';
export { rejectedTransactions, type FieldError } from './rejected-transactions.ts';
export { replayClaims, replayOutcomes, type ReplayOutcome } from './replay-claims.ts';
export {
  customerDayRollUp,
  hourRollUp,
  minuteRollUp,
  salesDimensions,
  taxRollUp,
  type RollUp,
  type RollUpColumn,
} from './roll-ups.ts';
export { salesDimensionNames, type SalesDimensionName } from './sales-columns.ts';
export { salesPerHour } from './sales-per-hour.ts';
export { salesPerMinute } from './sales-per-minute.ts';
export { sourcePositions } from './source-positions.ts';
export { taxPerDay } from './tax-per-day.ts';
export { sourceTopics } from './source-topics.ts';
export { taxRates } from './tax-rates.ts';
export { transactionRevisions } from './transaction-revisions.ts';
export { transactions } from './transactions.ts';
export { environments, warehouseState, type Environment } from './warehouse-state.ts';

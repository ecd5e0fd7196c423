import type { PgTable } from 'drizzle-orm/pg-core';

import type * as schema from './index.ts';

type Schema = typeof schema;

/** The names under which the schema exports tables. */
type TableKey = { [Key in keyof Schema]: Schema[Key] extends PgTable ? Key : never }[keyof Schema];

/** What a table and each of its columns mean. A missing or a surplus column fails the type check. */
export type Comments = {
  readonly [Key in TableKey]: {
    readonly table: string;
    readonly columns: Readonly<Record<keyof Schema[Key]['_']['columns'], string>>;
  };
};

/** The columns that roll-ups of sales have in common. */
const salesColumns = {
  productCategory: 'Category of the products.',
  currency: 'ISO 4217 code of amount_sum, tax_sum and total_sum.',
  country: 'ISO 3166-1 alpha-2 code of the country; empty when the messages name none.',
  transactionCount: 'Number of transactions.',
  flaggedCount: 'Number of transactions flagged as fraud.',
  amountSum: 'Sum of amount, in major units of currency.',
  taxSum: 'Sum of tax_amount, in major units of currency.',
  totalSum: 'Sum of total_amount, in major units of currency.',
  amountBaseSum: 'Sum of amount_base, in major units of the base currency.',
  taxBaseSum: 'Sum of tax converted to the base currency, in its major units.',
};

/** The one place of what is said about the warehouse: COMMENTs in the database and docs/DATA.md come from here. */
export const comments: Comments = {
  transactions: {
    table: 'The facts: one row for each order, exactly once. Rows are only ever added by loading a batch.',
    columns: {
      orderId: 'Identifier of the order as its producer sent it, 1 to 36 characters, any form. Unique.',
      transactionTimestamp: 'When the sale took place, as in the message.',
      processedAt: 'When the batch that loaded the row was committed: the start of that transaction.',
      kafkaOffset: 'Offset of the message in its partition.',
      kafkaPartition: 'Partition that the message came from, of the topic of its batch: etl_batches.topic.',
      kafkaEpoch: 'Epoch of the topic: raised each time a recreated topic is accepted, whose offsets begin again.',
      taxDate: 'Day of the sale by its own clock, offset included: the day whose tax rule was applied.',
      exchangeRateDate:
        'UTC day on which the applied exchange rate was published; of two crossed rates the older one. That of an irrevocable rate of the euro does not count.',
      fraudScore: 'Sum of the weights of the fraud rules that fired, 0 to 100; 0 for a customer on the allow list.',
      isFraudFlagged: 'True when the fraud score reaches the limit for a review.',
      amount: 'Price without tax on top, in major units of currency.',
      currency: 'ISO 4217 code of amount, tax_amount and total_amount.',
      taxAmount: 'Tax on amount, in major units of currency, rounded by the tax rule.',
      totalAmount:
        'What the customer pays, in major units of currency: amount plus tax, unless tax is included in amount.',
      amountBase: 'amount converted to the base currency, in its major units, rounded once.',
      taxAmountBase: 'tax_amount converted to the base currency, in its major units, rounded once.',
      exchangeRate:
        'Units of currency for one unit of the base currency; where exchange_cross_rate is set, for one unit of the currency that was crossed through. amount_base is amount * coalesce(exchange_cross_rate, 1) / exchange_rate.',
      exchangeCrossRate:
        'Units of the base currency for one unit of the currency that was crossed through; null where the rate against the base currency was published.',
      taxRate: 'Tax rate applied, as a fraction: 0.085 is 8.5 %.',
      taxJurisdiction:
        'Where the tax rule that was applied holds: a country, with region and category if the rule names them, as DE or DE/books.',
      customerId: 'Identifier of the customer, at most 50 characters. It should be the key of the message.',
      productCategory: 'Category of the product, at most 50 characters.',
      country: 'ISO 3166-1 alpha-2 code of the country of the sale; null when the message names none.',
      batchId: 'Batch that loaded the row: etl_batches.batch_id.',
      fraudReasons: 'Names of the fraud rules that fired; empty when none did.',
      contentHash:
        'Hash of the canonical input fields: tells a repeated message from another one with the same order_id.',
      arrivedAt:
        "Set where the customer had records in several partitions of the batch, which were taken in this order: the record's time in Kafka, never before that of the customer's record ahead of it in the partition. Null where the order of the offsets is the order.",
    },
  },
  duplicateRecords: {
    table: 'Records that repeat a transaction with the same content: where in Kafka they are. Kept for a time only.',
    columns: {
      orderId: 'Order that the record repeats: transactions.order_id.',
      topic: 'Kafka topic.',
      epoch: 'Epoch of the topic: raised each time a recreated topic is accepted.',
      partition: 'Partition of the topic.',
      offset: 'Offset in the partition.',
      kafkaTimestamp: 'Timestamp of the record in Kafka.',
      batchId: 'Batch that read the record: etl_batches.batch_id.',
      foundAt: 'When that batch was committed.',
    },
  },
  rejectedTransactions: {
    table: 'The quarantine: records that are no valid transaction, as they came, with every reason found.',
    columns: {
      rejectedId: 'Number of the rejected record.',
      batchId: 'Batch that read the record: etl_batches.batch_id.',
      topic: 'Kafka topic of the record.',
      epoch: 'Epoch of the topic: raised each time a recreated topic is accepted.',
      partition: 'Partition of the record.',
      offset: 'Offset of the record in its partition.',
      kafkaTimestamp: 'Timestamp of the record in Kafka.',
      rawKey: 'Key of the record, byte for byte; null when it has none.',
      rawValue: 'Value of the record, byte for byte; null when it has none.',
      orderId: 'order_id of the record, where one could be read.',
      stage: 'Step that rejected it: validate, transform or load.',
      reasonCode:
        'Stable code of the first reason, as order_id_conflict. A replay that fails again writes the new one.',
      errors: 'Every finding: a list of objects with field, reason and message.',
      rejectedAt: 'When the row was written.',
      status:
        'open: nobody has dealt with it; replayed: its record was processed again; discarded: given up on purpose.',
      statusChangedAt: 'When status was last changed; null while open.',
      statusBatchId: 'Batch that replayed the record; null unless replayed.',
      statusChangedBy: 'Who replayed or discarded the record; null while open.',
      statusReason: 'Why it was discarded, or replayed; null where nobody said.',
      publishedAt: 'When the record was published to the dead-letter topic; null until then.',
      rawRemovedAt: 'When raw_key and raw_value of a resolved record were removed; null while they are kept.',
    },
  },
  fraudAlerts: {
    table: 'One row for each flagged transaction, with the observed value and the threshold of each rule that fired.',
    columns: {
      orderId: 'The flagged transaction: transactions.order_id.',
      transactionTimestamp: 'When the sale took place.',
      raisedAt: 'When the alert was written.',
      fraudScore: 'Sum of the weights of the rules that fired, 0 to 100.',
      decision: 'What the score calls for: review or block.',
      amountBase: 'Amount of the transaction in the base currency, in its major units.',
      customerId: 'Customer of the transaction.',
      batchId: 'Batch that raised the alert: etl_batches.batch_id.',
      ruleSetVersion: 'Version of the rule set that evaluated the transaction.',
      reasons: 'Rules that fired: a list of objects with rule, version, observed, threshold and weight.',
    },
  },
  fraudShadowVerdicts: {
    table:
      'One row for each transaction that a shadow rule set would have flagged. It changes nothing else; without a row the set found the transaction clear.',
    columns: {
      orderId: 'The transaction: transactions.order_id.',
      ruleSetVersion: 'Version of the shadow rule set.',
      fraudScore: 'Sum of the weights of its rules that fired, 0 to 100.',
      decision: 'What the score would have called for: review or block.',
      reasons: 'Its rules that fired: a list of objects with rule, version, observed, threshold and weight.',
      transactionTimestamp: 'When the sale took place.',
      batchId: 'Batch that evaluated the transaction: etl_batches.batch_id.',
    },
  },
  fraudLabels: {
    table:
      'The truth about fraud, as the topic fraud-labels tells it; a transaction without a row is honest. Rules never read it: etl fraud evaluate measures them by it.',
    columns: {
      orderId: 'The fraudulent order: transactions.order_id, once it is loaded.',
      pattern: 'What kind of fraud it is, as velocity_burst.',
      recordedAt: 'When the label was first read.',
    },
  },
  fraudListEntries: {
    table: 'Customers who are trusted or refused whatever the other rules see. Entries are ended, never deleted.',
    columns: {
      entryId: 'Number of the entry.',
      list: 'allow: sales are clear; block: sales are blocked.',
      customerId: 'Identifier of the customer.',
      validUntil: 'Sales that take place from then on are evaluated as usual; null without end.',
      reason: 'Why, in words.',
      recordedAt: 'When the entry was made: batches loaded before know nothing of it.',
      removedAt: 'When the entry was removed; null while it stands.',
    },
  },
  fraudRuleSets: {
    table:
      'Fraud rule sets as data. The definition of a version never changes, so that it stays known what a batch was evaluated by.',
    columns: {
      ruleSetVersion: 'Version of the set, unique.',
      status:
        'live: decides, one at most; shadow: evaluates beside it and only records, one at most; stored: does neither.',
      definition: 'Rules with their versions, weights and parameters, and the scores for review and block.',
      source: 'Where the set comes from: shipped, or the name of the imported file.',
      recordedAt: 'When the set was stored.',
      statusChangedAt: 'When status was last changed.',
    },
  },
  etlReprocesses: {
    table: 'Each time tax and base amounts of loaded transactions were computed again and differed.',
    columns: {
      reprocessId: 'Identifier of the run.',
      fromAt: 'Sales from this moment on were computed again.',
      untilAt: 'Sales before this moment were computed again.',
      ratesRecordedBy: 'Tax rules and exchange rates recorded by this moment were used.',
      publishedAt: 'When the new figures were committed.',
      readCount: 'Transactions that were computed again.',
      revisedCount: 'Transactions whose figures changed: rows of transaction_revisions.',
      unresolvedCount: 'Transactions that kept their figures because a tax rule or an exchange rate is missing now.',
      differences:
        'For each currency: revisedCount, taxDifference in that currency, amountBaseDifference and taxBaseDifference in the base currency.',
      codeVersion: 'Version of the program.',
    },
  },
  transactionRevisions: {
    table:
      "A transaction's figures before and after a reprocess; transactions holds the newest. Rows are only ever added.",
    columns: {
      orderId: 'The transaction: transactions.order_id.',
      revision: 'Number of the revision of this transaction: 1, 2, 3, …',
      reprocessId: 'The run that made it: etl_reprocesses.reprocess_id.',
      taxRateBefore: 'tax_rate until then.',
      taxRateAfter: 'tax_rate from then on.',
      taxJurisdictionBefore: 'tax_jurisdiction until then.',
      taxJurisdictionAfter: 'tax_jurisdiction from then on.',
      taxAmountBefore: 'tax_amount until then.',
      taxAmountAfter: 'tax_amount from then on.',
      totalAmountBefore: 'total_amount until then.',
      totalAmountAfter: 'total_amount from then on.',
      exchangeRateBefore: 'exchange_rate until then.',
      exchangeRateAfter: 'exchange_rate from then on.',
      exchangeCrossRateBefore: 'exchange_cross_rate until then.',
      exchangeCrossRateAfter: 'exchange_cross_rate from then on.',
      exchangeRateDateBefore: 'exchange_rate_date until then.',
      exchangeRateDateAfter: 'exchange_rate_date from then on.',
      amountBaseBefore: 'amount_base until then.',
      amountBaseAfter: 'amount_base from then on.',
      taxAmountBaseBefore: 'tax_amount_base until then.',
      taxAmountBaseAfter: 'tax_amount_base from then on.',
    },
  },
  salesPerMinute: {
    table:
      'Sales by minute of the event, category, currency and country. Dashboards read this table instead of the facts.',
    columns: {
      minute: 'Start of the minute in which the sales took place.',
      ...salesColumns,
    },
  },
  salesPerHour: {
    table:
      'The sums of sales_per_minute by hour. Dashboards read whole hours of this table, and minutes at the edges of a time range.',
    columns: {
      hour: 'Start of the UTC hour in which the sales took place.',
      ...salesColumns,
    },
  },
  taxPerDay: {
    table: 'Sales by day of their tax, country, category and the rate that they were taxed by. Dashboards read this.',
    columns: {
      taxDate: 'Day of the tax, by the clock of the sale: transactions.tax_date.',
      country: 'Country of the sale; empty when the message names none, which counts as US.',
      productCategory: 'Category of the product.',
      taxRate: 'Tax rate applied, as a fraction: 0.085 is 8.5 %.',
      transactionCount: 'Number of transactions.',
      amountBaseSum: 'Sum of amount_base, in major units of the base currency.',
      taxBaseSum: 'Sum of tax_amount_base, in major units of the base currency.',
    },
  },
  customerDays: {
    table: "One customer's sales of one UTC day, in the base currency.",
    columns: {
      day: 'UTC day of the sales.',
      customerId: 'Identifier of the customer.',
      transactionCount: 'Number of transactions.',
      flaggedCount: 'Number of transactions flagged as fraud.',
      amountBaseSum: 'Sum of amount_base, in major units of the base currency.',
      lastTransactionAt: 'When the latest sale of the day took place.',
    },
  },
  customerProfiles: {
    table: 'What is known of a customer before the next batch: the state that fraud rules use. Duplicates never count.',
    columns: {
      customerId: 'Identifier of the customer.',
      transactionCount: 'Number of transactions so far.',
      amountBaseSum: 'Sum of amount_base so far, in major units of the base currency.',
      amountBaseSumOfSquares: 'Sum of the squares of amount_base so far: with sum and count it gives the variance.',
      firstTransactionAt: 'When the earliest sale took place.',
      lastTransactionAt: 'When the latest sale took place.',
      lastCountry: 'Country of the latest sale; null when that one names none.',
      lastCurrency: 'Currency of the latest sale.',
      recentSales:
        'The newest sales by event time, newest first: at most 20, none more than 48 hours before the latest. A list of [milliseconds since 1970, amount in minor units, amount in minor units of the base currency, currency, country].',
    },
  },
  etlBatches: {
    table: 'The ledger: one row for each batch, from its plan to its end.',
    columns: {
      batchId: 'Identifier of the batch: made from the run id of Airflow, or manual- and a UUID.',
      kind: 'What started it: scheduled, manual, backfill, replay, reprocess or import.',
      topic:
        'Kafka topic that all its records come from, and with them the transactions that it loaded; null for batches without a record of earlier releases.',
      state:
        'planned: its ranges are fixed; loaded: its rows are committed; superseded: another batch loaded its records first.',
      plannedAt:
        'When the batch was first planned. It is the "now" of its validation, and rates recorded later are not used.',
      scheduleSeconds: 'Seconds between two scheduled batches when this one was planned.',
      ruleSetVersion: 'Version of the fraud rule set of the batch: fraud_rule_sets.rule_set_version.',
      shadowRuleSetVersion: 'Version of the rule set that evaluates beside it and only records; null for none.',
      loadedAt: 'When the batch was loaded; null until then.',
      readCount: 'Records read. Once loaded: loaded_count + duplicate_count + rejected_count.',
      loadedCount: 'Records that became transactions.',
      duplicateCount: 'Records that repeat a transaction with the same content.',
      rejectedCount: 'Records put into quarantine.',
      holeCount: 'Offsets in the ranges that hold no record: control records, aborted transactions, compaction.',
      flaggedCount: 'Loaded transactions flagged as fraud.',
      otherKeyCount:
        "Valid records whose key in Kafka is not their customer's id, those without a key among them; null for batches of earlier releases.",
      noKeyCount: 'Valid records without a key in Kafka; null for batches of earlier releases.',
      scatteredCustomerCount:
        'Customers who had valid records in several partitions of the batch, which were taken in the order of their time in Kafka; null for batches of earlier releases.',
      newestTransactionAt: 'Latest transaction_timestamp among the loaded transactions; null when there are none.',
      extractDurationMs: 'Duration of the last extract, in milliseconds.',
      validateDurationMs: 'Duration of the last validate, in milliseconds.',
      transformDurationMs: 'Duration of the last transform, in milliseconds.',
      loadDurationMs: 'Duration of the load, in milliseconds.',
      attemptCount: 'How many runs of its steps were begun: four for a batch without a retry.',
      stagingFreeBytes: 'Free space of the staging area when the batch was last extracted, in bytes.',
      airflowDagId: 'DAG of Airflow that ran the batch; null outside Airflow.',
      airflowRunId: 'Run of Airflow, as its UI shows it; null outside Airflow.',
      codeVersion: 'Version of the program that planned the batch.',
      errorCode: 'Code of the last failure; null when there was none since.',
      errorMessage: 'Message of the last failure, with its remedy.',
      failedAt: 'When the last failure took place.',
    },
  },
  etlBatchRanges: {
    table: 'The offsets of one partition that a batch reads. Loaded ranges of a partition never overlap.',
    columns: {
      batchId: 'The batch: etl_batches.batch_id.',
      topic: 'Kafka topic.',
      epoch: 'Epoch of the topic: raised each time a recreated topic is accepted.',
      partition: 'Partition of the topic.',
      fromOffset: 'First offset of the range.',
      nextOffset: 'Offset after the last one of the range.',
      endOffset:
        'End of the partition when the batch was planned; what is beyond next_offset was left for later batches. Records of an open transaction, and all behind them, lie beyond this end.',
      highWatermark:
        'Offset after the last record of the partition at that time, those held by an open transaction included; null for ranges of replays and of earlier releases.',
      heldSince:
        'When a plan first found this end with records behind it: a transaction there is open since then at the latest. Null while none is.',
      readCount: 'Records read in the range.',
      holeCount: 'Offsets in the range that hold no record.',
      compactedCount:
        'Those of hole_count whose record Kafka removed by compaction; the others are control records, aborted transactions and record batches that were given up.',
      loadedCount: 'Records of the range that became transactions; null until loaded.',
      duplicateCount: 'Records of the range that repeat a transaction with the same content; null until loaded.',
      rejectedCount: 'Records of the range put into quarantine; null until loaded.',
      isLoaded: 'True once the batch is loaded.',
    },
  },
  sourcePositions: {
    table: "Where the next batch begins, for each partition. This is the truth: Kafka's group offset is a copy of it.",
    columns: {
      topic: 'Kafka topic.',
      partition: 'Partition of the topic.',
      epoch: 'Epoch of the topic: raised each time a recreated topic is accepted.',
      nextOffset: 'First offset that is not loaded yet.',
      anchorOffset: 'Offset of the last loaded record; null before the first.',
      anchorTimestamp: 'Kafka timestamp of the last loaded record.',
      anchorKeyHash: 'Hash of the key of the last loaded record.',
      batchId: 'Batch that set the position last: etl_batches.batch_id; null before the first.',
      updatedAt: 'When the position was set last.',
    },
  },
  sourceTopics: {
    table: 'The Kafka cluster that each topic is read from. Another one stops the pipeline until somebody accepts it.',
    columns: {
      topic: 'Kafka topic.',
      clusterId: 'Identifier of the cluster, as its brokers give it.',
      bootstrapServers: 'Where it was reached when it was recorded: KAFKA_BOOTSTRAP_SERVERS.',
      recordedAt: 'When a batch first read the topic from this cluster, or somebody accepted it.',
    },
  },
  replayClaims: {
    table: 'The plan of a replay: the rejected records that it processes again, fixed before it begins.',
    columns: {
      batchId: 'The replay: etl_batches.batch_id.',
      rejectedId: 'The rejected record: rejected_transactions.rejected_id.',
      reasonCode: 'Reason that the record had when it was claimed.',
      outcome: 'What became of it: loaded, duplicate or rejected; null until the replay is loaded.',
    },
  },
  etlReconciliations: {
    table: 'One row for each reconciliation: what it looked at, and each difference that it found.',
    columns: {
      reconciliationId: 'Number of the reconciliation.',
      startedAt: 'When it began.',
      finishedAt: 'When it ended.',
      isDeep: 'True when it read Kafka again and compared content.',
      since: 'Only what was loaded at this time or later was looked at; null for everything.',
      checkedBatchCount: 'Batches looked at.',
      checkedTransactionCount: 'Transactions looked at.',
      differenceCount: 'Differences found, also those beyond what differences lists.',
      differences: 'The first differences: a list of objects with check, subject, expected, found and message.',
      codeVersion: 'Version of the program that looked.',
    },
  },
  etlIncidents: {
    table: 'Integrity stops: what did not fit together, and who let the pipeline go on and why.',
    columns: {
      incidentId: 'Number of the incident.',
      kind: 'What was found, as a stable code.',
      topic: 'Kafka topic.',
      partition: 'Partition concerned; null when the whole topic is.',
      fromOffset: 'First offset concerned; null when there is none.',
      nextOffset: 'Offset after the last one concerned; null when there is none.',
      lostCount: 'Offsets that can no longer be read; null when unknown.',
      batchId: 'Batch that found it; null when found outside a batch.',
      message: 'What was found, and which command accepts it.',
      occurrenceCount: 'How many times it was found since it was opened.',
      openedAt: 'When it was first found.',
      lastSeenAt: 'When it was last found.',
      resolvedAt: 'When somebody accepted or repaired it; null while open.',
      resolvedBy: 'Who accepted or repaired it.',
      resolution: 'What was decided, and why.',
      details: 'More of it as JSON: ranges and reject reasons of a halted batch; what accepting a loss changed.',
    },
  },
  taxRates: {
    table: 'Tax rules as data. The most specific rule that holds on the day wins; equal rules never overlap in time.',
    columns: {
      taxRateId: 'Number of the rule.',
      country:
        'ISO 3166-1 alpha-2 code. A country without a rule is not taxed by another one: its sales go to quarantine.',
      region: "Subdivision of the country, the second part of its ISO 3166-2 code; '*' is any.",
      productCategory: "Category of the product; '*' is any.",
      rate: 'Tax as a fraction of the price: 0.085 is 8.5 %.',
      isInclusive: 'True when amounts include this tax, false when it comes on top.',
      roundingMode: 'How a tax between two increments is rounded: half_up or half_even.',
      roundingIncrementMinor: 'Step to which tax is rounded, in minor units of the currency: 1 is a cent of USD.',
      validFrom: 'First day of the rule, by the clock of the sale.',
      validTo: 'Day after the last one of the rule; null while it is open.',
      source: 'Where the rule comes from: two sources where it is verified.',
      isVerified:
        'True where two independent sources agree on the rate and on these days, or an operator has verified it.',
      verifiedBy: 'Who verified it, where that was an operator; null for a shipped rule.',
      verifiedReason: 'Why the operator holds it verified; null for a shipped rule.',
      recordedAt: 'When the row was written. Batches planned earlier do not use it.',
      supersededBy: 'Number of a rule recorded later that takes its place; null while in force.',
    },
  },
  exchangeRates: {
    table:
      'Exchange rates: one unit of base is worth `rate` units of quote. Rows in force never overlap in time for a pair.',
    columns: {
      exchangeRateId: 'Number of the rate.',
      base: 'ISO 4217 code of the currency that one unit of is priced.',
      quote: 'ISO 4217 code of the currency that the price is in.',
      rate: 'Units of quote for one unit of base.',
      validFrom: 'UTC day on which the rate was published.',
      validTo:
        'UTC day after the last one that the rate was published for. Later days may use it as the last one published, up to a limit of age. infinity: irrevocable, and never stale.',
      source: "Where the rate comes from; 'sample' is made up, for development and tests.",
      recordedAt: 'When the row was written. Batches planned earlier do not use it.',
      supersededBy: 'Number of the rate, recorded later, that corrects this one; null while in force.',
    },
  },
  warehouseState: {
    table: 'One row. A change of transactions, profiles or positions locks it and raises state_version.',
    columns: {
      isOnly: 'Always true: keeps the table at one row.',
      stateVersion:
        'Raised by every change of the state: what a transform read is known to hold still while it is equal.',
      baseCurrency:
        'ISO 4217 code of every amount in the base currency. Set by ETL_BASE_CURRENCY while there are no facts.',
      sampleRatesUntil: 'Newest UTC day that has made-up exchange rates; null where none are wanted.',
      scheduleSeconds: 'Seconds between two scheduled batches: ETL_SCHEDULE_SECONDS when the stack was last started.',
      environment: 'development or production: what the data are for. Production takes no sample rate.',
      release: 'CODE_VERSION of the release that migrated the warehouse last.',
      lastMigration: 'Name of the newest migration that this release applied.',
    },
  },
};

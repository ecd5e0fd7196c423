-- Only ever inserted into: vacuumed and analysed by what is added, so that the visibility map and the planner's
-- statistics keep up with the newest rows; block ranges are summarised as they fill.
alter table transactions set (
  autovacuum_vacuum_insert_scale_factor = 0.02,
  autovacuum_analyze_scale_factor = 0.02
);
--> statement-breakpoint
alter index transactions_transaction_timestamp_brin set (autosummarize = on);
--> statement-breakpoint
alter index transactions_processed_at_brin set (autosummarize = on);
--> statement-breakpoint
-- Updated in columns that no index holds: room on the page keeps an update there, out of the indexes.
alter table sales_per_minute set (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
--> statement-breakpoint
alter table customer_days set (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
--> statement-breakpoint
alter table customer_profiles set (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
--> statement-breakpoint
-- A few rows, updated by every batch.
alter table source_positions set (fillfactor = 50);
--> statement-breakpoint
alter table warehouse_state set (fillfactor = 50);

CREATE TABLE "etl_reconciliations" (
	"reconciliation_id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "etl_reconciliations_reconciliation_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"started_at" timestamp with time zone NOT NULL,
	"finished_at" timestamp with time zone NOT NULL,
	"is_deep" boolean NOT NULL,
	"since" timestamp with time zone,
	"checked_batch_count" integer NOT NULL,
	"checked_transaction_count" bigint NOT NULL,
	"difference_count" integer NOT NULL,
	"differences" jsonb NOT NULL,
	"code_version" text NOT NULL,
	CONSTRAINT "etl_reconciliations_time_check" CHECK (started_at <= finished_at),
	CONSTRAINT "etl_reconciliations_difference_count_check" CHECK (difference_count >= jsonb_array_length(differences))
);
--> statement-breakpoint
CREATE TABLE "replay_claims" (
	"batch_id" text collate "C" NOT NULL,
	"rejected_id" bigint NOT NULL,
	"reason_code" text collate "C" NOT NULL,
	"outcome" text collate "C",
	CONSTRAINT "replay_claims_batch_id_rejected_id_pk" PRIMARY KEY("batch_id","rejected_id"),
	CONSTRAINT "replay_claims_outcome_check" CHECK (outcome in ('loaded', 'duplicate', 'rejected'))
);
--> statement-breakpoint
ALTER TABLE "etl_batch_ranges" ADD COLUMN "loaded_count" bigint;--> statement-breakpoint
ALTER TABLE "etl_batch_ranges" ADD COLUMN "duplicate_count" bigint;--> statement-breakpoint
ALTER TABLE "etl_batch_ranges" ADD COLUMN "rejected_count" bigint;--> statement-breakpoint
ALTER TABLE "rejected_transactions" ADD COLUMN "status_changed_by" text;--> statement-breakpoint
ALTER TABLE "rejected_transactions" ADD COLUMN "status_reason" text;--> statement-breakpoint
ALTER TABLE "rejected_transactions" ADD COLUMN "raw_removed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "replay_claims" ADD CONSTRAINT "replay_claims_batch_id_etl_batches_batch_id_fk" FOREIGN KEY ("batch_id") REFERENCES "public"."etl_batches"("batch_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "replay_claims" ADD CONSTRAINT "replay_claims_rejected_id_rejected_transactions_rejected_id_fk" FOREIGN KEY ("rejected_id") REFERENCES "public"."rejected_transactions"("rejected_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "etl_reconciliations_finished_at_idx" ON "etl_reconciliations" USING btree ("finished_at");--> statement-breakpoint
CREATE INDEX "replay_claims_rejected_id_idx" ON "replay_claims" USING btree ("rejected_id");--> statement-breakpoint
CREATE INDEX "etl_batch_ranges_partition_idx" ON "etl_batch_ranges" USING btree ("topic","partition","epoch","from_offset");--> statement-breakpoint
CREATE INDEX "rejected_transactions_order_id_idx" ON "rejected_transactions" USING btree ("order_id");--> statement-breakpoint
CREATE INDEX "rejected_transactions_batch_id_idx" ON "rejected_transactions" USING btree ("batch_id");--> statement-breakpoint
ALTER TABLE "etl_batch_ranges" ADD CONSTRAINT "etl_batch_ranges_balance_check" CHECK (read_count = loaded_count + duplicate_count + rejected_count);
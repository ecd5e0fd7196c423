CREATE TABLE "fraud_labels" (
	"order_id" text collate "C" PRIMARY KEY NOT NULL,
	"pattern" text collate "C" NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "fraud_list_entries" (
	"entry_id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "fraud_list_entries_entry_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"list" text collate "C" NOT NULL,
	"customer_id" text collate "C" NOT NULL,
	"valid_until" timestamp with time zone,
	"reason" text DEFAULT '' NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	"removed_at" timestamp with time zone,
	CONSTRAINT "fraud_list_entries_list_check" CHECK (list in ('allow', 'block'))
);
--> statement-breakpoint
CREATE TABLE "fraud_rule_sets" (
	"rule_set_version" text collate "C" PRIMARY KEY NOT NULL,
	"status" text collate "C" NOT NULL,
	"definition" jsonb NOT NULL,
	"source" text NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	"status_changed_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "fraud_rule_sets_status_check" CHECK (status in ('live', 'shadow', 'stored'))
);
--> statement-breakpoint
CREATE TABLE "fraud_shadow_verdicts" (
	"order_id" text collate "C" NOT NULL,
	"rule_set_version" text collate "C" NOT NULL,
	"fraud_score" smallint NOT NULL,
	"decision" text collate "C" NOT NULL,
	"reasons" jsonb NOT NULL,
	"transaction_timestamp" timestamp with time zone NOT NULL,
	"batch_id" text collate "C" NOT NULL,
	CONSTRAINT "fraud_shadow_verdicts_order_id_rule_set_version_pk" PRIMARY KEY("order_id","rule_set_version"),
	CONSTRAINT "fraud_shadow_verdicts_decision_check" CHECK (decision in ('review', 'block'))
);
--> statement-breakpoint
ALTER TABLE "customer_profiles" ADD COLUMN "recent_sales" jsonb DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE "etl_batches" ADD COLUMN "shadow_rule_set_version" text collate "C";--> statement-breakpoint
CREATE INDEX "fraud_list_entries_customer_id_idx" ON "fraud_list_entries" USING btree ("customer_id");--> statement-breakpoint
CREATE UNIQUE INDEX "fraud_rule_sets_status_idx" ON "fraud_rule_sets" USING btree ("status") WHERE status <> 'stored';--> statement-breakpoint
CREATE INDEX "fraud_shadow_verdicts_transaction_timestamp_idx" ON "fraud_shadow_verdicts" USING btree ("transaction_timestamp");
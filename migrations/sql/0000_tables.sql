CREATE TABLE "customer_days" (
	"day" date NOT NULL,
	"customer_id" text collate "C" NOT NULL,
	"transaction_count" bigint NOT NULL,
	"flagged_count" bigint NOT NULL,
	"amount_base_sum" numeric(38, 4) NOT NULL,
	"last_transaction_at" timestamp with time zone NOT NULL,
	CONSTRAINT "customer_days_day_customer_id_pk" PRIMARY KEY("day","customer_id")
);
--> statement-breakpoint
CREATE TABLE "customer_profiles" (
	"customer_id" text collate "C" PRIMARY KEY NOT NULL,
	"transaction_count" bigint NOT NULL,
	"amount_base_sum" numeric(38, 4) NOT NULL,
	"amount_base_sum_of_squares" numeric(56, 8) NOT NULL,
	"first_transaction_at" timestamp with time zone NOT NULL,
	"last_transaction_at" timestamp with time zone NOT NULL,
	"last_country" text collate "C",
	"last_currency" text collate "C" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "etl_batch_ranges" (
	"batch_id" text collate "C" NOT NULL,
	"topic" text collate "C" NOT NULL,
	"epoch" integer NOT NULL,
	"partition" integer NOT NULL,
	"from_offset" bigint NOT NULL,
	"next_offset" bigint NOT NULL,
	"end_offset" bigint NOT NULL,
	"read_count" bigint,
	"hole_count" bigint,
	"is_loaded" boolean DEFAULT false NOT NULL,
	CONSTRAINT "etl_batch_ranges_batch_id_topic_partition_pk" PRIMARY KEY("batch_id","topic","partition"),
	CONSTRAINT "etl_batch_ranges_order_check" CHECK (from_offset <= next_offset and next_offset <= end_offset),
	CONSTRAINT "etl_batch_ranges_count_check" CHECK (not is_loaded or coalesce(read_count + hole_count = next_offset - from_offset, false))
);
--> statement-breakpoint
CREATE TABLE "etl_batches" (
	"batch_id" text collate "C" PRIMARY KEY NOT NULL,
	"kind" text collate "C" NOT NULL,
	"state" text collate "C" DEFAULT 'planned' NOT NULL,
	"planned_at" timestamp with time zone DEFAULT now() NOT NULL,
	"rule_set_version" text collate "C" NOT NULL,
	"loaded_at" timestamp with time zone,
	"read_count" bigint,
	"loaded_count" bigint,
	"duplicate_count" bigint,
	"rejected_count" bigint,
	"hole_count" bigint,
	"flagged_count" bigint,
	"newest_transaction_at" timestamp with time zone,
	"extract_duration_ms" integer,
	"validate_duration_ms" integer,
	"transform_duration_ms" integer,
	"load_duration_ms" integer,
	"attempt_count" integer DEFAULT 0 NOT NULL,
	"staging_free_bytes" bigint,
	"airflow_dag_id" text,
	"airflow_run_id" text,
	"code_version" text NOT NULL,
	"error_code" text collate "C",
	"error_message" text,
	"failed_at" timestamp with time zone,
	CONSTRAINT "etl_batches_kind_check" CHECK (kind in ('scheduled', 'manual', 'replay', 'reprocess', 'import')),
	CONSTRAINT "etl_batches_state_check" CHECK (state in ('planned', 'loaded', 'superseded')),
	CONSTRAINT "etl_batches_balance_check" CHECK (state <> 'loaded' or coalesce(read_count = loaded_count + duplicate_count + rejected_count, false))
);
--> statement-breakpoint
CREATE TABLE "etl_incidents" (
	"incident_id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "etl_incidents_incident_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"kind" text collate "C" NOT NULL,
	"topic" text collate "C" NOT NULL,
	"partition" integer,
	"from_offset" bigint,
	"next_offset" bigint,
	"lost_count" bigint,
	"batch_id" text collate "C",
	"message" text NOT NULL,
	"occurrence_count" integer DEFAULT 1 NOT NULL,
	"opened_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	"resolved_at" timestamp with time zone,
	"resolved_by" text,
	"resolution" text
);
--> statement-breakpoint
CREATE TABLE "exchange_rates" (
	"exchange_rate_id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "exchange_rates_exchange_rate_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"base" text collate "C" NOT NULL,
	"quote" text collate "C" NOT NULL,
	"rate" numeric(24, 12) NOT NULL,
	"valid_from" date NOT NULL,
	"valid_to" date NOT NULL,
	"source" text NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	"superseded_by" bigint,
	CONSTRAINT "exchange_rates_rate_check" CHECK (rate > 0),
	CONSTRAINT "exchange_rates_pair_check" CHECK (base <> quote),
	CONSTRAINT "exchange_rates_validity_check" CHECK (valid_from < valid_to)
);
--> statement-breakpoint
CREATE TABLE "fraud_alerts" (
	"order_id" text collate "C" PRIMARY KEY NOT NULL,
	"transaction_timestamp" timestamp with time zone NOT NULL,
	"raised_at" timestamp with time zone DEFAULT now() NOT NULL,
	"fraud_score" smallint NOT NULL,
	"decision" text collate "C" NOT NULL,
	"amount_base" numeric(19, 4) NOT NULL,
	"customer_id" text collate "C" NOT NULL,
	"batch_id" text collate "C" NOT NULL,
	"rule_set_version" text collate "C" NOT NULL,
	"reasons" jsonb NOT NULL,
	CONSTRAINT "fraud_alerts_decision_check" CHECK (decision in ('review', 'block'))
);
--> statement-breakpoint
CREATE TABLE "rejected_transactions" (
	"rejected_id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "rejected_transactions_rejected_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"batch_id" text collate "C" NOT NULL,
	"topic" text collate "C" NOT NULL,
	"epoch" integer NOT NULL,
	"partition" integer NOT NULL,
	"offset" bigint NOT NULL,
	"kafka_timestamp" timestamp with time zone NOT NULL,
	"raw_key" "bytea",
	"raw_value" "bytea",
	"order_id" text collate "C",
	"stage" text collate "C" NOT NULL,
	"reason_code" text collate "C" NOT NULL,
	"errors" jsonb NOT NULL,
	"rejected_at" timestamp with time zone DEFAULT now() NOT NULL,
	"status" text collate "C" DEFAULT 'open' NOT NULL,
	"status_changed_at" timestamp with time zone,
	"status_batch_id" text collate "C",
	"published_at" timestamp with time zone,
	CONSTRAINT "rejected_transactions_coordinates_key" UNIQUE("topic","epoch","partition","offset"),
	CONSTRAINT "rejected_transactions_stage_check" CHECK (stage in ('validate', 'transform', 'load')),
	CONSTRAINT "rejected_transactions_status_check" CHECK (status in ('open', 'replayed', 'discarded'))
);
--> statement-breakpoint
CREATE TABLE "sales_per_minute" (
	"minute" timestamp with time zone NOT NULL,
	"product_category" text collate "C" NOT NULL,
	"currency" text collate "C" NOT NULL,
	"country" text collate "C" NOT NULL,
	"transaction_count" bigint NOT NULL,
	"flagged_count" bigint NOT NULL,
	"amount_sum" numeric(38, 4) NOT NULL,
	"tax_sum" numeric(38, 4) NOT NULL,
	"total_sum" numeric(38, 4) NOT NULL,
	"amount_base_sum" numeric(38, 4) NOT NULL,
	"tax_base_sum" numeric(38, 4) NOT NULL,
	CONSTRAINT "sales_per_minute_minute_product_category_currency_country_pk" PRIMARY KEY("minute","product_category","currency","country")
);
--> statement-breakpoint
CREATE TABLE "source_positions" (
	"topic" text collate "C" NOT NULL,
	"partition" integer NOT NULL,
	"epoch" integer DEFAULT 0 NOT NULL,
	"next_offset" bigint NOT NULL,
	"anchor_offset" bigint,
	"anchor_timestamp" timestamp with time zone,
	"anchor_key_hash" "bytea",
	"batch_id" text collate "C",
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "source_positions_topic_partition_pk" PRIMARY KEY("topic","partition"),
	CONSTRAINT "source_positions_next_offset_check" CHECK (next_offset >= 0)
);
--> statement-breakpoint
CREATE TABLE "tax_rates" (
	"tax_rate_id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "tax_rates_tax_rate_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"country" text collate "C" NOT NULL,
	"region" text collate "C" DEFAULT '*' NOT NULL,
	"product_category" text collate "C" DEFAULT '*' NOT NULL,
	"rate" numeric(9, 6) NOT NULL,
	"is_inclusive" boolean DEFAULT false NOT NULL,
	"rounding_mode" text collate "C" DEFAULT 'half_up' NOT NULL,
	"rounding_increment_minor" integer DEFAULT 1 NOT NULL,
	"valid_from" date NOT NULL,
	"valid_to" date,
	"source" text NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "tax_rates_rate_check" CHECK (rate >= 0 and rate < 1),
	CONSTRAINT "tax_rates_validity_check" CHECK (valid_to is null or valid_from < valid_to)
);
--> statement-breakpoint
CREATE TABLE "transactions" (
	"order_id" text collate "C" PRIMARY KEY NOT NULL,
	"transaction_timestamp" timestamp with time zone NOT NULL,
	"processed_at" timestamp with time zone DEFAULT now() NOT NULL,
	"kafka_offset" bigint NOT NULL,
	"kafka_partition" integer NOT NULL,
	"kafka_epoch" integer NOT NULL,
	"tax_date" date NOT NULL,
	"exchange_rate_date" date NOT NULL,
	"fraud_score" smallint NOT NULL,
	"is_fraud_flagged" boolean NOT NULL,
	"amount" numeric(19, 4) NOT NULL,
	"currency" text collate "C" NOT NULL,
	"tax_amount" numeric(19, 4) NOT NULL,
	"total_amount" numeric(19, 4) NOT NULL,
	"amount_base" numeric(19, 4) NOT NULL,
	"exchange_rate" numeric(24, 12) NOT NULL,
	"tax_rate" numeric(9, 6) NOT NULL,
	"tax_jurisdiction" text collate "C" NOT NULL,
	"customer_id" text collate "C" NOT NULL,
	"product_category" text collate "C" NOT NULL,
	"country" text collate "C",
	"batch_id" text collate "C" NOT NULL,
	"fraud_reasons" text[] NOT NULL,
	"content_hash" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "warehouse_state" (
	"is_only" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"state_version" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "warehouse_state_is_only_check" CHECK (is_only)
);
--> statement-breakpoint
ALTER TABLE "etl_batch_ranges" ADD CONSTRAINT "etl_batch_ranges_batch_id_etl_batches_batch_id_fk" FOREIGN KEY ("batch_id") REFERENCES "public"."etl_batches"("batch_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "customer_days_customer_id_idx" ON "customer_days" USING btree ("customer_id","day");--> statement-breakpoint
CREATE INDEX "etl_batches_planned_at_idx" ON "etl_batches" USING btree ("planned_at");--> statement-breakpoint
CREATE INDEX "etl_batches_loaded_at_idx" ON "etl_batches" USING btree ("loaded_at");--> statement-breakpoint
CREATE UNIQUE INDEX "etl_incidents_open_key" ON "etl_incidents" USING btree ("kind","topic",coalesce(partition, -1)) WHERE resolved_at is null;--> statement-breakpoint
CREATE INDEX "etl_incidents_opened_at_idx" ON "etl_incidents" USING btree ("opened_at");--> statement-breakpoint
CREATE INDEX "exchange_rates_pair_idx" ON "exchange_rates" USING btree ("base","quote","valid_from");--> statement-breakpoint
CREATE INDEX "fraud_alerts_transaction_timestamp_idx" ON "fraud_alerts" USING btree ("transaction_timestamp");--> statement-breakpoint
CREATE INDEX "fraud_alerts_customer_id_idx" ON "fraud_alerts" USING btree ("customer_id","transaction_timestamp");--> statement-breakpoint
CREATE INDEX "rejected_transactions_rejected_at_idx" ON "rejected_transactions" USING btree ("rejected_at");--> statement-breakpoint
CREATE INDEX "rejected_transactions_unpublished_idx" ON "rejected_transactions" USING btree ("rejected_id") WHERE published_at is null;--> statement-breakpoint
CREATE INDEX "transactions_transaction_timestamp_brin" ON "transactions" USING brin ("transaction_timestamp");--> statement-breakpoint
CREATE INDEX "transactions_processed_at_brin" ON "transactions" USING brin ("processed_at");--> statement-breakpoint
CREATE INDEX "transactions_flagged_idx" ON "transactions" USING btree ("transaction_timestamp") WHERE is_fraud_flagged;
CREATE TABLE "duplicate_records" (
	"order_id" text collate "C" NOT NULL,
	"topic" text collate "C" NOT NULL,
	"epoch" integer NOT NULL,
	"partition" integer NOT NULL,
	"offset" bigint NOT NULL,
	"kafka_timestamp" timestamp with time zone NOT NULL,
	"batch_id" text collate "C" NOT NULL,
	"found_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE INDEX "duplicate_records_order_id_idx" ON "duplicate_records" USING btree ("order_id");--> statement-breakpoint
CREATE INDEX "duplicate_records_found_at_brin" ON "duplicate_records" USING brin ("found_at");
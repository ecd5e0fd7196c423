ALTER TABLE "etl_batches" ADD COLUMN "other_key_count" bigint;--> statement-breakpoint
ALTER TABLE "etl_batches" ADD COLUMN "no_key_count" bigint;--> statement-breakpoint
ALTER TABLE "etl_batches" ADD COLUMN "scattered_customer_count" bigint;--> statement-breakpoint
ALTER TABLE "transactions" ADD COLUMN "arrived_at" timestamp with time zone;
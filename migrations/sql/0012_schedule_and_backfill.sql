ALTER TABLE "etl_batches" DROP CONSTRAINT "etl_batches_kind_check";--> statement-breakpoint
ALTER TABLE "etl_batches" ADD COLUMN "schedule_seconds" integer DEFAULT 30 NOT NULL;--> statement-breakpoint
ALTER TABLE "warehouse_state" ADD COLUMN "schedule_seconds" integer DEFAULT 30 NOT NULL;--> statement-breakpoint
ALTER TABLE "etl_batches" ADD CONSTRAINT "etl_batches_kind_check" CHECK (kind in ('scheduled', 'manual', 'backfill', 'replay', 'reprocess', 'import'));--> statement-breakpoint
ALTER TABLE "warehouse_state" ADD CONSTRAINT "warehouse_state_schedule_check" CHECK (schedule_seconds between 1 and 86400);
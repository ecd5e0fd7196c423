ALTER TABLE "etl_batch_ranges" ADD COLUMN "high_watermark" bigint;--> statement-breakpoint
ALTER TABLE "etl_batch_ranges" ADD COLUMN "held_since" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "etl_batch_ranges" ADD COLUMN "compacted_count" bigint;--> statement-breakpoint
ALTER TABLE "etl_batch_ranges" ADD CONSTRAINT "etl_batch_ranges_held_check" CHECK (held_since is null or coalesce(high_watermark > end_offset, false));--> statement-breakpoint
ALTER TABLE "etl_batch_ranges" ADD CONSTRAINT "etl_batch_ranges_compacted_check" CHECK (compacted_count >= 0 and compacted_count <= hole_count);
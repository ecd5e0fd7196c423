ALTER TABLE "etl_incidents" ADD COLUMN "details" jsonb;--> statement-breakpoint
ALTER TABLE "tax_rates" ADD CONSTRAINT "tax_rates_increment_check" CHECK (rounding_increment_minor > 0);
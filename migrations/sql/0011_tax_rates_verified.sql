-- First of all: loads hold this table, and one that is under way ends before anything else is changed.
lock table warehouse_state in access exclusive mode;--> statement-breakpoint
ALTER TABLE "tax_rates" ADD COLUMN "is_verified" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "tax_rates" ADD COLUMN "verified_by" text;--> statement-breakpoint
ALTER TABLE "tax_rates" ADD COLUMN "verified_reason" text;--> statement-breakpoint
ALTER TABLE "tax_rates" ADD CONSTRAINT "tax_rates_verified_check" CHECK ((verified_by is null) = (verified_reason is null) and (is_verified or verified_by is null));--> statement-breakpoint
-- The rule of the United States is the pipeline's own, no claim about a law: nobody has to confirm it. All others stay
-- unverified until something says who confirms them.
update tax_rates
set is_verified = true
where source = 'flat rate of the original pipeline';

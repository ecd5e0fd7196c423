CREATE TABLE "etl_reprocesses" (
	"reprocess_id" text collate "C" PRIMARY KEY NOT NULL,
	"from_at" timestamp with time zone NOT NULL,
	"until_at" timestamp with time zone NOT NULL,
	"rates_recorded_by" timestamp with time zone NOT NULL,
	"published_at" timestamp with time zone DEFAULT now() NOT NULL,
	"read_count" bigint NOT NULL,
	"revised_count" bigint NOT NULL,
	"unresolved_count" bigint NOT NULL,
	"differences" jsonb NOT NULL,
	"code_version" text NOT NULL,
	CONSTRAINT "etl_reprocesses_window_check" CHECK (from_at < until_at),
	CONSTRAINT "etl_reprocesses_count_check" CHECK (revised_count > 0 and revised_count + unresolved_count <= read_count)
);
--> statement-breakpoint
CREATE TABLE "transaction_revisions" (
	"order_id" text collate "C" NOT NULL,
	"revision" integer NOT NULL,
	"reprocess_id" text collate "C" NOT NULL,
	"tax_rate_before" numeric(9, 6) NOT NULL,
	"tax_rate_after" numeric(9, 6) NOT NULL,
	"tax_jurisdiction_before" text collate "C" NOT NULL,
	"tax_jurisdiction_after" text collate "C" NOT NULL,
	"tax_amount_before" numeric(19, 4) NOT NULL,
	"tax_amount_after" numeric(19, 4) NOT NULL,
	"total_amount_before" numeric(19, 4) NOT NULL,
	"total_amount_after" numeric(19, 4) NOT NULL,
	"exchange_rate_before" numeric(24, 12) NOT NULL,
	"exchange_rate_after" numeric(24, 12) NOT NULL,
	"exchange_cross_rate_before" numeric(24, 12),
	"exchange_cross_rate_after" numeric(24, 12),
	"exchange_rate_date_before" date NOT NULL,
	"exchange_rate_date_after" date NOT NULL,
	"amount_base_before" numeric(19, 4) NOT NULL,
	"amount_base_after" numeric(19, 4) NOT NULL,
	"tax_amount_base_before" numeric(19, 4) NOT NULL,
	"tax_amount_base_after" numeric(19, 4) NOT NULL,
	CONSTRAINT "transaction_revisions_order_id_revision_pk" PRIMARY KEY("order_id","revision"),
	CONSTRAINT "transaction_revisions_revision_check" CHECK (revision > 0)
);
--> statement-breakpoint
ALTER TABLE "tax_rates" ADD COLUMN "superseded_by" bigint;--> statement-breakpoint
ALTER TABLE "transactions" ADD COLUMN "tax_amount_base" numeric(19, 4);--> statement-breakpoint
-- Facts loaded before: in cents of the base currency, a half to the even neighbour, as their roll-ups have it.
update transactions
set tax_amount_base =
  case
    when abs(cents - trunc(cents)) = 0.5 then 2 * round(cents / 2)
    else round(cents)
  end / 100
from (
  select order_id as id, tax_amount::numeric(60, 30) * 100 / exchange_rate as cents
  from transactions
) converted
where order_id = id;--> statement-breakpoint
ALTER TABLE "transactions" ALTER COLUMN "tax_amount_base" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "transactions" ADD COLUMN "exchange_cross_rate" numeric(24, 12);--> statement-breakpoint
ALTER TABLE "warehouse_state" ADD COLUMN "base_currency" text collate "C" DEFAULT 'USD' NOT NULL;--> statement-breakpoint
ALTER TABLE "warehouse_state" ADD COLUMN "sample_rates_until" date;--> statement-breakpoint
ALTER TABLE "transaction_revisions" ADD CONSTRAINT "transaction_revisions_reprocess_id_fk" FOREIGN KEY ("reprocess_id") REFERENCES "public"."etl_reprocesses"("reprocess_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "etl_reprocesses_published_at_idx" ON "etl_reprocesses" USING btree ("published_at");--> statement-breakpoint
ALTER TABLE "tax_rates" ADD CONSTRAINT "tax_rates_region_check" CHECK (region ~ '^([*]|[A-Z0-9]{1,3})$');--> statement-breakpoint
ALTER TABLE "tax_rates" ADD CONSTRAINT "tax_rates_product_category_check" CHECK (product_category <> '');--> statement-breakpoint
ALTER TABLE "tax_rates" ADD CONSTRAINT "tax_rates_rounding_mode_check" CHECK (rounding_mode in ('half_up', 'half_even'));--> statement-breakpoint
ALTER TABLE "warehouse_state" ADD CONSTRAINT "warehouse_state_base_currency_check" CHECK (base_currency ~ '^[A-Z]{3}$');--> statement-breakpoint
-- On any day one rule in force at most for a country, region and category, so that no two tie. Deferrable, because what
-- takes a rule's place is recorded before the rule can point to it.
alter table tax_rates
  drop constraint tax_rates_validity_excl;
--> statement-breakpoint
alter table tax_rates
  add constraint tax_rates_validity_excl
  exclude using gist (
    country with =,
    region with =,
    product_category with =,
    daterange(valid_from, valid_to) with &&
  )
  where (superseded_by is null)
  deferrable initially immediate;
--> statement-breakpoint
update warehouse_state
set sample_rates_until = (select max(valid_from) from exchange_rates where source = 'sample');

CREATE TABLE "tax_per_day" (
	"tax_date" date NOT NULL,
	"country" text collate "C" NOT NULL,
	"product_category" text collate "C" NOT NULL,
	"tax_rate" numeric(9, 6) NOT NULL,
	"transaction_count" bigint NOT NULL,
	"amount_base_sum" numeric(38, 4) NOT NULL,
	"tax_base_sum" numeric(38, 4) NOT NULL,
	CONSTRAINT "tax_per_day_tax_date_country_product_category_tax_rate_pk" PRIMARY KEY("tax_date","country","product_category","tax_rate")
);

--> statement-breakpoint
-- As the other roll-ups: updated in columns that no index holds.
alter table tax_per_day set (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
--> statement-breakpoint
-- A load under way ends first: its sales count too.
lock table sales_per_minute in share mode;
--> statement-breakpoint
insert into tax_per_day (
  tax_date, country, product_category, tax_rate, transaction_count, amount_base_sum, tax_base_sum
)
select
  tax_date, coalesce(country, ''), product_category, tax_rate, count(*), sum(amount_base), sum(tax_amount_base)
from transactions
group by 1, 2, 3, 4
order by 1, 2, 3, 4;

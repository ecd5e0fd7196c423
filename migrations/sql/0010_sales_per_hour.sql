CREATE TABLE "sales_per_hour" (
	"hour" timestamp with time zone NOT NULL,
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
	CONSTRAINT "sales_per_hour_hour_product_category_currency_country_pk" PRIMARY KEY("hour","product_category","currency","country")
);
--> statement-breakpoint
-- As sales_per_minute: updated in columns that no index holds.
alter table sales_per_hour set (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
--> statement-breakpoint
-- A load under way ends first: its minutes count too.
lock table sales_per_minute in share mode;
--> statement-breakpoint
insert into sales_per_hour (
  hour, product_category, currency, country, transaction_count, flagged_count, amount_sum, tax_sum, total_sum,
  amount_base_sum, tax_base_sum
)
select
  date_bin('1 hour', minute, 'epoch'), product_category, currency, country, sum(transaction_count),
  sum(flagged_count), sum(amount_sum), sum(tax_sum), sum(total_sum), sum(amount_base_sum), sum(tax_base_sum)
from sales_per_minute
group by 1, 2, 3, 4
order by 1, 2, 3, 4;

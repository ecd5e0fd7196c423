-- What drizzle's schema can not say: ranges that must not overlap.
create extension if not exists btree_gist;
--> statement-breakpoint
-- A record of Kafka is loaded once: not even a fault of the pipeline can load it again.
alter table etl_batch_ranges
  add constraint etl_batch_ranges_loaded_excl
  exclude using gist (
    topic with =,
    epoch with =,
    partition with =,
    int8range(from_offset, next_offset) with &&
  )
  where (is_loaded and from_offset < next_offset);
--> statement-breakpoint
-- On any day one rule at most holds for a country, region and category.
alter table tax_rates
  add constraint tax_rates_validity_excl
  exclude using gist (
    country with =,
    region with =,
    product_category with =,
    daterange(valid_from, valid_to) with &&
  );
--> statement-breakpoint
-- On any day one rate at most holds for a pair (quote stands first: it parts the index best). Deferrable, because a correction is recorded before the row that it
-- corrects can point to it: set constraints exchange_rates_validity_excl deferred.
alter table exchange_rates
  add constraint exchange_rates_validity_excl
  exclude using gist (
    quote with =,
    base with =,
    daterange(valid_from, valid_to) with &&
  )
  where (superseded_by is null)
  deferrable initially immediate;

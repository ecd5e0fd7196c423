ALTER TABLE "warehouse_state" ADD COLUMN "environment" text;--> statement-breakpoint
ALTER TABLE "warehouse_state" ADD COLUMN "release" text;--> statement-breakpoint
ALTER TABLE "warehouse_state" ADD COLUMN "last_migration" text;--> statement-breakpoint
ALTER TABLE "warehouse_state" ADD CONSTRAINT "warehouse_state_environment_check" CHECK (environment in ('development', 'production'));--> statement-breakpoint
ALTER TABLE "warehouse_state" ADD CONSTRAINT "warehouse_state_sample_rates_check" CHECK (environment is distinct from 'production' or sample_rates_until is null);
--> statement-breakpoint
-- Sample rates would convert real money. A check can not look at another table.
create function refuse_sample_in_production() returns trigger language plpgsql as $$
begin
  if exists (select from public.warehouse_state where environment = 'production') then
    raise check_violation using
      message = format('%s: a warehouse of production takes no row with source = sample', tg_table_name),
      hint = 'Import real rates: etl exchange-rates import, etl tax-rates import.',
      schema = tg_table_schema,
      table = tg_table_name,
      constraint = tg_name;
  end if;
  return new;
end
$$;
--> statement-breakpoint
create trigger exchange_rates_no_sample_in_production
before insert or update on exchange_rates
for each row when (new.source = 'sample') execute function refuse_sample_in_production();
--> statement-breakpoint
create trigger tax_rates_no_sample_in_production
before insert or update on tax_rates
for each row when (new.source = 'sample') execute function refuse_sample_in_production();
--> statement-breakpoint
create function refuse_production_with_samples() returns trigger language plpgsql as $$
begin
  if exists (select from public.exchange_rates where source = 'sample')
    or exists (select from public.tax_rates where source = 'sample') then
    raise check_violation using
      message = 'a warehouse that holds rows with source = sample can not be for production',
      hint = 'Remove them with the mark: migrate mark production --remove-samples',
      schema = tg_table_schema,
      table = tg_table_name,
      constraint = tg_name;
  end if;
  return new;
end
$$;
--> statement-breakpoint
create trigger warehouse_state_no_sample_in_production
before insert or update of environment on warehouse_state
for each row when (new.environment = 'production') execute function refuse_production_with_samples();

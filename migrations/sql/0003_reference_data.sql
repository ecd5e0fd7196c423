insert into warehouse_state (is_only, state_version)
values (true, 0);
--> statement-breakpoint
-- The flat rate of the original pipeline, for the United States and for every country without a rule of its own.
insert into tax_rates (country, rate, is_inclusive, rounding_mode, rounding_increment_minor, valid_from, source)
values
  ('US', 0.085, false, 'half_up', 1, '2000-01-01', 'flat rate of the original pipeline'),
  ('*', 0.085, false, 'half_up', 1, '2000-01-01', 'flat rate of the original pipeline');

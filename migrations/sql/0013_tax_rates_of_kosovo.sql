-- Kosovo, whose code XK messages may carry. Unverified: the second source and the scope of the reduced rate are missing.
insert into tax_rates (country, product_category, rate, valid_from, valid_to, source)
values
  ('XK', '*', 0.16, '2015-01-01', '2015-09-01', 'unverified: no source at hand has the rate before 2015-09-01 (start not known, taken as 2015-01-01)'),
  ('XK', '*', 0.18, '2015-09-01', null, 'eu-vat-rates-data 2026-09-29; unverified: no second source'),
  ('XK', 'books', 0.08, '2015-09-01', null, 'eu-vat-rates-data 2026-09-29 has the level; that it covers books is unverified'),
  ('XK', 'food', 0.08, '2015-09-01', null, 'eu-vat-rates-data 2026-09-29 has the level; that it covers food is unverified');

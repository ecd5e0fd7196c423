-- The irrevocable rates of the currencies that the euro took the place of, each from the day on which it did, without an end.
-- Rates that stand there already and reach into these days are superseded; days before keep them.
set constraints exchange_rates_validity_excl deferred;
--> statement-breakpoint
with inserted as (
  insert into exchange_rates (base, quote, rate, valid_from, valid_to, source)
  values
    ('EUR', 'ATS', 13.7603, '1999-01-01', 'infinity', 'Council Regulation (EC) No 2866/98'),
    ('EUR', 'BEF', 40.3399, '1999-01-01', 'infinity', 'Council Regulation (EC) No 2866/98'),
    ('EUR', 'DEM', 1.95583, '1999-01-01', 'infinity', 'Council Regulation (EC) No 2866/98'),
    ('EUR', 'ESP', 166.386, '1999-01-01', 'infinity', 'Council Regulation (EC) No 2866/98'),
    ('EUR', 'FIM', 5.94573, '1999-01-01', 'infinity', 'Council Regulation (EC) No 2866/98'),
    ('EUR', 'FRF', 6.55957, '1999-01-01', 'infinity', 'Council Regulation (EC) No 2866/98'),
    ('EUR', 'IEP', 0.787564, '1999-01-01', 'infinity', 'Council Regulation (EC) No 2866/98'),
    ('EUR', 'ITL', 1936.27, '1999-01-01', 'infinity', 'Council Regulation (EC) No 2866/98'),
    ('EUR', 'LUF', 40.3399, '1999-01-01', 'infinity', 'Council Regulation (EC) No 2866/98'),
    ('EUR', 'NLG', 2.20371, '1999-01-01', 'infinity', 'Council Regulation (EC) No 2866/98'),
    ('EUR', 'PTE', 200.482, '1999-01-01', 'infinity', 'Council Regulation (EC) No 2866/98'),
    ('EUR', 'GRD', 340.750, '2001-01-01', 'infinity', 'Council Regulation (EC) No 1478/2000'),
    ('EUR', 'SIT', 239.640, '2007-01-01', 'infinity', 'Council Regulation (EC) No 1086/2006'),
    ('EUR', 'CYP', 0.585274, '2008-01-01', 'infinity', 'Council Regulation (EC) No 1135/2007'),
    ('EUR', 'MTL', 0.429300, '2008-01-01', 'infinity', 'Council Regulation (EC) No 1134/2007'),
    ('EUR', 'SKK', 30.1260, '2009-01-01', 'infinity', 'Council Regulation (EC) No 694/2008'),
    ('EUR', 'EEK', 15.6466, '2011-01-01', 'infinity', 'Council Regulation (EU) No 671/2010'),
    ('EUR', 'LVL', 0.702804, '2014-01-01', 'infinity', 'Council Regulation (EU) No 870/2013'),
    ('EUR', 'LTL', 3.45280, '2015-01-01', 'infinity', 'Council Regulation (EU) No 851/2014'),
    ('EUR', 'HRK', 7.53450, '2023-01-01', 'infinity', 'Council Regulation (EU) 2022/1208'),
    ('EUR', 'BGN', 1.95583, '2026-01-01', 'infinity', 'Council Regulation (EU) 2025/1409')
  returning exchange_rate_id, quote, valid_from
),
superseded as (
  update exchange_rates earlier
  set superseded_by = inserted.exchange_rate_id
  from inserted
  where earlier.base = 'EUR'
    and earlier.quote = inserted.quote
    and earlier.superseded_by is null
    and earlier.valid_to > inserted.valid_from
  returning
    earlier.base, earlier.quote, earlier.rate, earlier.valid_from, inserted.valid_from as valid_to, earlier.source
)
insert into exchange_rates (base, quote, rate, valid_from, valid_to, source)
select base, quote, rate, valid_from, valid_to, source
from superseded
where valid_from < valid_to;
--> statement-breakpoint
set constraints all immediate;

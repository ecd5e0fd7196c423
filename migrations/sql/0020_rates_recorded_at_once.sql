-- An import writes its rates first and then says when they were recorded, all at once, while loads wait: room on the page keeps
-- that update out of the indexes.
alter table exchange_rates set (fillfactor = 50);

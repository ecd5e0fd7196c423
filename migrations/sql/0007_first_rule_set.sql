-- What batches of the version 2026-11-1 were judged by, so that it stays known and those still planned can be loaded.
insert into fraud_rule_sets (rule_set_version, status, source, definition)
values (
  '2026-11-1',
  'stored',
  'shipped',
  '{"version": "2026-11-1", "reviewScore": 50, "blockScore": 90, "rules": [{"rule": "amount_limit", "version": 1, "weight": 60, "parameters": {"limit": "1000.00"}}]}'
);

ALTER TABLE "etl_batches" ADD COLUMN "topic" text collate "C";--> statement-breakpoint
-- A batch reads one topic: its ranges name it, and of a replay the records that it has claimed. What an older release has planned
-- gets its topic when this one ends it: the older one must not load it without what today's tables need.
update etl_batches
set topic = source.topic
from (
  select batch_id, min(topic) as topic
  from (
    select batch_id, topic
    from etl_batch_ranges
    union all
    select replay_claims.batch_id, rejected_transactions.topic
    from replay_claims
    join rejected_transactions using (rejected_id)
  ) as sources
  group by batch_id
) as source
where source.batch_id = etl_batches.batch_id and (etl_batches.state <> 'planned' or etl_batches.kind = 'replay');--> statement-breakpoint
ALTER TABLE "etl_batches" ADD CONSTRAINT "etl_batches_topic_check" CHECK (topic is not null or coalesce(read_count, 0) = 0);

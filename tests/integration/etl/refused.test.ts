import { expect, test } from 'vitest';

import { aTransaction, someTransactions } from '../../support/messages.ts';
import { openPipeline, type Pipeline } from '../../support/pipeline.ts';

const refusals = {
  'a check constraint': `alter table transactions add constraint no_mallory check (customer_id <> 'mallory')`,
  'a trigger': `
    create function refuse_mallory() returns trigger language plpgsql as $$
      begin
        if new.customer_id = 'mallory' then raise exception 'mallory is not served'; end if;
        return new;
      end $$;
    create trigger refuse_mallory before insert on transactions for each row execute function refuse_mallory()`,
  'a constraint that is checked at the commit': `
    create function refuse_late() returns trigger language plpgsql as $$
      begin
        if new.customer_id = 'mallory' then raise exception 'mallory is not served'; end if;
        return null;
      end $$;
    create constraint trigger refuse_late after insert on transactions
      deferrable initially immediate for each row execute function refuse_late()`,
  "an alert's own constraint": `alter table fraud_alerts add constraint no_mallory check (customer_id <> 'mallory')`,
} as const;

test.each(Object.entries(refusals))(
  'rows that %s refuses go to quarantine; all others are loaded and counted',
  async (_, sql) => {
    await using pipeline = await openPipeline({ partitions: 1 });
    await pipeline.query(sql);
    const mallory = [3, 4].map((index) =>
      aTransaction({ order_id: `m\\${index}`, customer_id: 'mallory', amount: '2500.00' }),
    );
    const sales = someTransactions(40, (index) => ({ customer_id: `c-${index % 5}`, amount: `${index + 990}.00` }));
    await pipeline.publish([...sales.slice(0, 13), ...mallory.slice(0, 1), ...sales.slice(13), ...mallory]);
    expect(await pipeline.batch(['run'])).toMatchObject({ read: 43, loaded: 40, duplicates: 0, rejected: 3 });
    expect(
      await pipeline.query(`
        select order_id, reason_code, stage, count(*)::int from rejected_transactions group by 1, 2, 3 order by 1`),
    ).toEqual([
      { order_id: 'm\\3', reason_code: 'refused_by_database', stage: 'load', count: 2 },
      { order_id: 'm\\4', reason_code: 'refused_by_database', stage: 'load', count: 1 },
    ]);
    expect(await rollUpsDiffer(pipeline)).toEqual([{ minutes: true, days: true, profiles: true }]);
    const errors = await pipeline.query<{ errors: { message: string }[] }>('select errors from rejected_transactions');
    expect(errors[0]?.errors[0]?.message).toMatch(/mallory/);
  },
);

test('a unique index of the analysts refuses the second row only', async () => {
  await using pipeline = await openPipeline({ partitions: 1 });
  await pipeline.query('create unique index on transactions (customer_id, amount)');
  await pipeline.publish([
    aTransaction({ order_id: 'first', amount: '10.00' }),
    aTransaction({ order_id: 'second', amount: '10.00' }),
    aTransaction({ order_id: 'third', amount: '11.00' }),
  ]);
  expect(await pipeline.batch(['run'])).toMatchObject({ loaded: 2, rejected: 1 });
  expect(await pipeline.query('select order_id from rejected_transactions')).toEqual([{ order_id: 'second' }]);
});

async function rollUpsDiffer(pipeline: Pipeline): Promise<unknown[]> {
  return pipeline.query(`
    with facts as (select count(*) as count, sum(amount_base) as base from transactions)
    select (select sum(transaction_count) from sales_per_minute) = count
        and (select sum(amount_base_sum) from sales_per_minute) = base as minutes,
      (select sum(transaction_count) from customer_days) = count
        and (select sum(amount_base_sum) from customer_days) = base as days,
      (select sum(transaction_count) from customer_profiles) = count
        and (select sum(amount_base_sum) from customer_profiles) = base as profiles
    from facts`);
}

import { readdir } from 'node:fs/promises';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { once } from 'node:events';

import { createLogger } from '@pulse/runtime';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';

import { dashboardsFolder } from '../../../grafana/src/dashboards-folder.ts';
import { Dashboards } from '../../../grafana/src/preview/dashboards.ts';
import { startServer, type PreviewServer } from '../../../grafana/src/preview/server.ts';
import { Warehouse } from '../../../grafana/src/preview/warehouse.ts';
import { salesFilters } from '../../../grafana/src/sql/sales-filter.ts';
import { migratedWarehouse, openClient, type OpenClient } from '../../support/warehouse.ts';
import { aSale, insertSale } from './sales.ts';

const at = new Date('2026-11-22T10:01:05Z');
const all = Object.fromEntries(salesFilters.map(({ variable }) => [variable, ['$__all']]));
const view = { dashboard: 'sales-pulse', from: Date.parse('2026-11-21T10:10Z'), to: Date.parse('2026-11-22T10:10Z') };
const question = { ...view, panel: 1, refId: 'A', intervalMs: 60_000, variables: all };

const opened = new AsyncDisposableStack();
let owner: OpenClient;
let server: PreviewServer;

beforeAll(async () => {
  const database = opened.use(await migratedWarehouse());
  owner = opened.use(await openClient(database.url));
  await insertSale(owner.client, aSale({ orderId: 'one', at }));
  await insertSale(owner.client, aSale({ orderId: 'two', at, category: "it's", amountBase: 20 }));
  const warehouse = opened.use(new Warehouse(address()));
  const page = new Map([['/index.html', { type: 'text/html', isImmutable: false, content: Buffer.from('<p>') }]]);
  const logger = await createLogger({ name: 'tests', level: 'silent', format: 'json' });
  const dashboards = await Dashboards.read(dashboardsFolder, 'https://airflow.example.com');
  server = opened.use(await startServer(0, { dashboards, warehouse, page, logger }));
});

afterAll(() => opened.disposeAsync());

/** The answer of the first panel for one row. */
function transactions(count: number) {
  const columns = [
    { name: 'time', type: 'time', values: [view.to] },
    { name: 'metric', type: 'string', values: ['nothing to compare'] },
    { name: 'Transactions', type: 'number', values: [count] },
  ];
  return { status: 200, answer: { columns } };
}

/** The warehouse, for its reader. */
function address() {
  const { host, port, database } = owner.client;
  const { name: user, password } = inject('warehouseTemplate').roles.reader;
  return { host, port, database: database ?? '', user, password };
}

async function ask(path: string, body: unknown, headers: Record<string, string> = {}) {
  const content = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: content,
  });
  return { status: response.status, answer: await response.json() };
}

test('runs are linked to at the Airflow of this installation', async () => {
  const response = await fetch(`${server.url}/api/dashboards/batch`);
  expect(await response.json()).toMatchObject({
    templating: {
      list: expect.arrayContaining([
        expect.objectContaining({ name: 'airflow', type: 'constant', query: 'https://airflow.example.com' }),
      ]),
    },
  });
});

describe('a query is answered', () => {
  test('with columns, whose numbers are numbers and whose times are milliseconds', async () => {
    expect(await ask('/api/query', question)).toEqual(transactions(2));
  });

  test('for chosen values, quotes and all', async () => {
    const variables = { ...all, category: ["it's", 'nothing'] };
    expect(await ask('/api/query', { ...question, variables })).toEqual(transactions(1));
  });

  test('for SQL as a value, which no sale has', async () => {
    const variables = { ...all, category: ["'); delete from transactions; --", "x' or '1' = '1"] };
    expect(await ask('/api/query', { ...question, variables })).toEqual(transactions(0));
    const { rows } = await owner.client.query('select count(*)::int from transactions');
    expect(rows).toEqual([{ count: 2 }]);
  });

  test('with the values that a variable offers', async () => {
    expect(await ask('/api/options', { ...view, variable: 'category', variables: {} })).toEqual({
      status: 200,
      answer: { options: ['books', "it's"] },
    });
  });
});

describe('a request is refused', () => {
  test.each([
    ['SQL of its own', { ...question, rawSql: 'select 1' }, 'Unrecognized key: "rawSql"'],
    ['an unknown dashboard', { ...question, dashboard: 'other' }, 'there is no dashboard other'],
    ['an unknown panel', { ...question, panel: 999 }, 'there is no panel 999'],
    ['an unknown query', { ...question, refId: 'Z' }, 'there is no query Z'],
    ['an unknown variable', { ...question, variables: { ...all, region: ['x'] } }, 'there is no variable region'],
    ['a variable without its value', { ...question, variables: {} }, 'unknown variable: category'],
    ['no value at all', { ...question, variables: { ...all, category: [] } }, 'variables.category'],
    ['a value that is no text', { ...question, variables: { ...all, category: [1] } }, 'variables.category[0]'],
    ['a very long value', { ...question, variables: { ...all, category: ['x'.repeat(1001)] } }, 'Too big'],
    ['a time that is none', { ...question, to: 'now' }, 'to'],
    ['a time beyond all years', { ...question, to: 9e15 }, 'to is no time between the years 1970 and 9999'],
    ['an interval of no whole second', { ...question, intervalMs: 1500 }, 'no whole number of seconds'],
    ['no JSON', '{', 'the request is no JSON'],
    ['too much', JSON.stringify({ ...question, more: 'x'.repeat(70_000) }), '65536 bytes at most'],
  ])('with %s', async (_, body, reason) => {
    const { status, answer } = await ask('/api/query', body);
    expect(answer).toEqual({ error: expect.stringContaining(reason) });
    expect(status).toBe(400);
  });

  test('when its content type is not JSON, as a form of another site could send it', async () => {
    const { status, answer } = await ask('/api/query', question, { 'content-type': 'text/plain' });
    expect({ status, answer }).toEqual({ status: 400, answer: { error: 'the request must be application/json' } });
  });

  test('when it asks for a panel by way of a variable', async () => {
    const { status } = await ask('/api/options', { ...view, variable: 'category; drop', variables: all });
    expect(status).toBe(400);
  });

  test.each(['/../package.json', '/%2e%2e/package.json', '/assets/none.js', '/api/none'])('at %s', async (path) => {
    const asked = request(server.url, { path, agent: false });
    asked.end();
    const [response] = await once(asked, 'response');
    await text(response);
    expect(response.statusCode).toBe(404);
  });

  test('when another site calls itself this machine', async () => {
    const asked = request(`${server.url}/api/dashboards`, { headers: { host: 'evil.example:3000' }, agent: false });
    asked.end();
    const [response] = await once(asked, 'response');
    expect(await text(response)).toContain('not at evil.example:3000');
    expect(response.statusCode).toBe(403);
  });
});

test('scripts come from this server alone, and pages can not be framed', async () => {
  const { headers } = await fetch(`${server.url}/d/sales-pulse`);
  const policy = headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'; script-src 'self';");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(headers.get('x-content-type-options')).toBe('nosniff');
});

test('it listens on this machine alone', () => {
  expect(new URL(server.url).hostname).toBe('127.0.0.1');
});

test('every dashboard is listed', async () => {
  const answer = await fetch(`${server.url}/api/dashboards`);
  const uids = (await readdir(dashboardsFolder)).map((file) => file.replace('.json', ''));
  expect(await answer.json()).toEqual(uids.map((uid) => expect.objectContaining({ uid })));
});

test('a warehouse that is away is named, with 503', async () => {
  const nowhere = { host: '127.0.0.1', port: 1, database: 'warehouse', user: 'reader', password: 'reader' };
  await using warehouse = new Warehouse(nowhere);
  await expect(warehouse.read({ text: 'select 1', values: [] })).rejects.toMatchObject({
    status: 503,
    message: expect.stringContaining('The warehouse does not answer at 127.0.0.1:1'),
  });
});

describe('the connection', () => {
  test.each([
    ['writes nothing', "update etl_batches set state = 'loaded'", 'read-only transaction'],
    ['runs one statement only', 'select 1; select 2', 'multiple commands'],
  ])('%s', async (_, sql, reason) => {
    await using warehouse = new Warehouse(address());
    await expect(warehouse.read({ text: sql, values: [] })).rejects.toMatchObject({
      status: 500,
      message: expect.stringContaining(reason),
    });
  });

  test('gives values of each type', async () => {
    await using warehouse = new Warehouse(address());
    const sql = `select true as b, 1.5::numeric as n, null::bigint as e, 'x' as t, '2026-01-02'::date as d,
      '2026-01-02 03:04:05.25'::timestamp as s, '2026-01-02 03:04:05+02'::timestamptz as z`;
    expect((await warehouse.read({ text: sql, values: [] })).map(({ type, values }) => [type, values[0]])).toEqual([
      ['boolean', true],
      ['number', 1.5],
      ['number', null],
      ['string', 'x'],
      ['time', Date.UTC(2026, 0, 2)],
      ['time', Date.UTC(2026, 0, 2, 3, 4, 5, 250)],
      ['time', Date.UTC(2026, 0, 2, 1, 4, 5)],
    ]);
  });
});

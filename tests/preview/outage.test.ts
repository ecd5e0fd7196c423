import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

import getPort from 'get-port';
import { expect, inject, test } from 'vitest';

import { migratedWarehouse } from '../support/warehouse.ts';
import { openBrowser } from './browser.ts';
import { startPreview } from './preview.ts';
import { figureOf, panelText, settled, visit } from './visit.ts';

test('panels report that the warehouse is away, and show their figures again when it is back', async () => {
  await using warehouse = await migratedWarehouse();
  await using way = await openWay();
  const address = new URL(warehouse.url);
  address.host = way.host;
  await using preview = await startPreview(address.href);
  await using browser = await openBrowser();
  await using visited = await visit(browser, preview.url, { uid: 'sales-pulse' });
  const { page } = visited;
  const refresh = page.getByTestId(/RefreshPicker run button/);
  expect(await figureOf(page, 1)).toBe('0');

  await way.close();
  await refresh.click();
  await expect.poll(() => panelText(page, 1)).toContain(`The warehouse does not answer at ${way.host}`);
  await expect.poll(() => panelText(page, 9)).toContain('The warehouse does not answer');

  await way.open();
  await refresh.click();
  await settled(page);
  await expect.poll(() => panelText(page, 1)).toMatch(/\n0$/);
  expect(await page.getByTestId(/Panel status error/).count()).toBe(0);
});

test('a page that was opened while the warehouse was away gets its figures and the base currency of its titles', async () => {
  await using warehouse = await migratedWarehouse();
  await using way = await openWay();
  const address = new URL(warehouse.url);
  address.host = way.host;
  await using preview = await startPreview(address.href);
  await using browser = await openBrowser();
  await way.close();
  await using visited = await visit(browser, preview.url, { uid: 'sales-pulse' });
  const { page } = visited;
  await expect.poll(() => panelText(page, 2)).toContain('The warehouse does not answer');

  await way.open();
  await page.getByTestId(/RefreshPicker run button/).click();
  await expect.poll(() => panelText(page, 2)).toBe('Revenue, 24 h (USD)\nnothing to compare\n0');
});

/** A way to the test's PostgreSQL that can be closed, and opened again at the same place. */
async function openWay() {
  const target = new URL(inject('services').warehouseUrl);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    near.pipe(far).pipe(near);
  });
  const port = await getPort({ host: '127.0.0.1' });
  const open = async (): Promise<void> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const close = async (): Promise<void> => {
    server.close();
    for (const socket of sockets) socket.destroy();
    await once(server, 'close');
  };
  await open();
  return {
    host: `127.0.0.1:${port}`,
    open,
    close,
    [Symbol.asyncDispose]: async () => (server.listening ? close() : undefined),
  };
}

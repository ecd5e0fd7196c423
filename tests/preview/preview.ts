import { join } from 'node:path';

import { execa } from 'execa';
import getPort from 'get-port';
import { inject, vi } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** A running preview server; it ends with its block (`await using`). */
export interface Preview extends AsyncDisposable {
  readonly url: string;
  /** From the start of its process to its first answer. */
  readonly startMs: number;
}

/** Starts the preview's server before a warehouse, of which only the address is used, as its reader. */
export async function startPreview(warehouseUrl: string): Promise<Preview> {
  const warehouse = new URL(warehouseUrl);
  const { reader } = inject('warehouseTemplate').roles;
  const port = await getPort({ host: '127.0.0.1' });
  const startedMs = performance.now();
  const server = execa(process.execPath, [join(root, 'grafana/src/preview/main.ts'), inject('previewPage')], {
    env: {
      GRAFANA_PORT: String(port),
      WAREHOUSE_DB_HOST: warehouse.hostname,
      WAREHOUSE_DB_PORT: warehouse.port,
      WAREHOUSE_DB_NAME: warehouse.pathname.slice(1),
      WAREHOUSE_READER_USER: reader.name,
      WAREHOUSE_READER_PASSWORD: reader.password,
      LOG_LEVEL: 'warn',
    },
    extendEnv: false,
    stdin: 'ignore',
    stdout: 'inherit',
    stderr: 'inherit',
    buffer: false,
    reject: false,
  });
  const url = `http://127.0.0.1:${port}`;
  await vi.waitFor(() => fetch(`${url}/api/health`), { timeout: 20_000, interval: 50 });
  return {
    url,
    startMs: performance.now() - startedMs,
    [Symbol.asyncDispose]: async () => {
      server.kill('SIGTERM');
      const { exitCode } = await server;
      if (exitCode !== 0) throw new Error(`the preview server ended with ${exitCode}`);
    },
  };
}

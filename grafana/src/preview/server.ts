import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

import type { Logger } from '@pulse/runtime';
import * as z from 'zod';

import type { Dashboards } from './dashboards.ts';
import type { PageFile } from './page-files.ts';
import { optionsRequest, panelRequest, type ErrorAnswer, type OptionsAnswer, type PanelAnswer } from './protocol.ts';
import { Refusal } from './refusal.ts';
import type { Warehouse } from './warehouse.ts';

/** What the server answers from. */
export interface Sources {
  readonly dashboards: Dashboards;
  readonly warehouse: Warehouse;
  /** Files of the built page by their path. */
  readonly page: ReadonlyMap<string, PageFile>;
  readonly logger: Logger;
}

/** A listening server; it ends with its block (`await using`). */
export interface PreviewServer extends AsyncDisposable {
  readonly url: string;
}

/** Serves the page and its data to this machine only. @throws Error when the port is taken. */
export async function startServer(port: number, sources: Sources): Promise<PreviewServer> {
  const server = createServer({ requestTimeout: 30_000 }, (request, response) => {
    void answer(request, sources)
      .catch((error: unknown) => failure(error, request, sources.logger))
      .then((reply) => send(request, response, reply));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error(`the server listens at ${address}, not at a port`);
  return {
    url: `http://127.0.0.1:${address.port}`,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
  readonly cache?: string;
}

async function answer(request: IncomingMessage, sources: Sources): Promise<Reply> {
  requireThisMachine(request);
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  if (pathname.startsWith('/api/')) return json(200, await data(request, pathname, sources));
  if (request.method !== 'GET' && request.method !== 'HEAD') throw new Refusal(405, 'pages are read with GET');
  return pageReply(pathname, sources.page);
}

async function data(request: IncomingMessage, path: string, { dashboards, warehouse }: Sources): Promise<unknown> {
  switch (`${request.method} ${path}`) {
    case 'GET /api/health':
      return { status: 'ok' };
    case 'GET /api/dashboards':
      return dashboards.entries();
    case 'POST /api/query': {
      const columns = await warehouse.read(dashboards.panelQuery(await body(request, panelRequest)));
      return { columns } satisfies PanelAnswer;
    }
    case 'POST /api/options': {
      const [column] = await warehouse.read(dashboards.optionsQuery(await body(request, optionsRequest)));
      const values = column?.values ?? [];
      return { options: values.filter((value) => value !== null).map(String) } satisfies OptionsAnswer;
    }
    default: {
      const [, uid] = /^GET \/api\/dashboards\/([\w-]+)$/.exec(`${request.method} ${path}`) ?? [];
      if (uid === undefined) throw new Refusal(404, `nothing is at ${request.method} ${path}`);
      return JSON.parse(dashboards.text(uid));
    }
  }
}

/** A page of another site that calls itself localhost by DNS names its own host here. */
function requireThisMachine({ headers: { host = '' } }: IncomingMessage): void {
  if (!/^(localhost|127\.0\.0\.1)(:\d+)?$/.test(host)) {
    throw new Refusal(403, `this page answers at localhost and 127.0.0.1 only, not at ${host}`);
  }
}

const bodyMaxBytes = 65_536;

async function body<Schema extends z.ZodType>(request: IncomingMessage, schema: Schema): Promise<z.output<Schema>> {
  // Another site's page can send this type only after asking, and is never allowed.
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) {
    throw new Refusal(400, 'the request must be application/json');
  }
  if (!(Number(request.headers['content-length']) <= bodyMaxBytes)) {
    throw new Refusal(400, `the request must give its length, of ${bodyMaxBytes} bytes at most`);
  }
  const parsed = schema.safeParse(parseJson(await text(request)));
  if (parsed.success) return parsed.data;
  throw new Refusal(400, z.prettifyError(parsed.error));
}

function parseJson(given: string): unknown {
  try {
    return JSON.parse(given);
  } catch (cause) {
    throw new Refusal(400, 'the request is no JSON', { cause });
  }
}

/** Addresses of dashboards are the page's own: it reads them itself. */
function pageReply(path: string, page: Sources['page']): Reply {
  const file = page.get(path === '/' || path.startsWith('/d/') ? '/index.html' : path);
  if (file === undefined) throw new Refusal(404, `nothing is at ${path}`);
  const cache = file.isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache';
  return { status: 200, type: file.type, body: file.content, cache };
}

function failure(error: unknown, request: IncomingMessage, logger: Logger): Reply {
  const asked = { method: request.method, path: request.url?.split('?')[0] };
  if (!(error instanceof Refusal)) {
    logger.error({ ...asked, err: error }, 'the server failed');
    return json(500, { error: 'The preview server failed: its log says why.' } satisfies ErrorAnswer);
  }
  logger.warn({ ...asked, status: error.status, reason: error.message, cause: String(error.cause) }, 'request refused');
  return json(error.status, { error: error.message } satisfies ErrorAnswer);
}

function json(status: number, content: unknown): Reply {
  return { status, type: 'application/json; charset=utf-8', body: JSON.stringify(content) };
}

/** Scripts come from this server alone; styles are made while the page runs. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

function send(request: IncomingMessage, response: ServerResponse, { status, type, body: content, cache }: Reply): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(content),
    'cache-control': cache ?? 'no-store',
    'content-security-policy': contentSecurityPolicy,
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    // A refused request may not have been read to its end.
    ...(status >= 400 && request.method === 'POST' ? { connection: 'close' } : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : content);
}

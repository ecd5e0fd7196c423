import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';

import * as z from 'zod';

const message = z.object({
  alerts: z.array(
    z.object({
      status: z.string(),
      labels: z.record(z.string(), z.string()),
      annotations: z.record(z.string(), z.string()),
    }),
  ),
});

/** An alert that Grafana has sent. */
type SentAlert = z.output<typeof message>['alerts'][number];

/** What ALERT_WEBHOOK_URL leads to; it ends with its block (`await using`). */
export interface Webhook extends AsyncDisposable {
  readonly url: string;
  /** The alerts so far, in the order in which they came. */
  readonly alerts: readonly SentAlert[];
}

/** Listens for alerts on a free port. */
export async function openWebhook(): Promise<Webhook> {
  const alerts: SentAlert[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      alerts.push(...message.parse(await json(request)).alerts);
      response.end();
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the webhook has no port');
  return {
    url: `http://127.0.0.1:${address.port}/alerts`,
    alerts,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

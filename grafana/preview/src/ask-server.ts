import type { ErrorAnswer } from '../../src/preview/protocol.ts';

/** Asks the preview's server. @throws Error with the server's own reason, or that it does not answer. */
export async function askServer<Answer>(path: string, body?: unknown, signal?: AbortSignal): Promise<Answer> {
  const request: RequestInit =
    body === undefined
      ? {}
      : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(path, { ...request, ...(signal === undefined ? {} : { signal }) }).catch(
    (cause: unknown) => {
      if (signal?.aborted) throw cause;
      throw new Error('The preview server does not answer: make dev-up starts it.', { cause });
    },
  );
  if (response.ok) return (await response.json()) as Answer;
  const { error } = await response.json().then(
    (answer: ErrorAnswer) => answer,
    () => ({ error: `The preview server answers ${response.status}.` }),
  );
  throw new Error(error);
}

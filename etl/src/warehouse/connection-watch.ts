import { Socket } from 'node:net';

import type pg from 'pg';

import { TemporaryError } from '../failures/errors.ts';
import { endClient } from './end-client.ts';

export interface WatchOptions {
  /** How long nothing may pass on the connection, while the server has something to do, before the server is asked. */
  readonly silenceMaxMs: number;
  /** How long the warehouse may then be away altogether. */
  readonly waitMaxMs: number;
  /** Opens a further connection to the same warehouse, to ask about the silent one. */
  readonly connect: () => Promise<pg.Client>;
}

/** Watches one connection until it is disposed of. */
export interface ConnectionWatch extends Disposable {
  /** Why the connection was given up, once it was. */
  readonly lost: TemporaryError | undefined;
}

/** What another session finds about the watched one. */
type Probe =
  | { readonly kind: 'working' }
  /** The server has nothing to do for it: it has answered long ago, or never got the query. */
  | { readonly kind: 'stalled'; readonly reason: string }
  | { readonly kind: 'unreachable' };

const tickMs = 1000;
/** An answer may be on its way during one probe: two of them, a second apart, are certain. */
const stalledProbesMax = 2;

/**
 * Gives up a connection that is half-open: its peer is gone, or unreachable, without a notice. TCP finds out after many
 * minutes or, where a proxy still acknowledges, never; a time-out for queries would end long ones that are healthy. So,
 * after a silence, a second connection asks the server for the state of the session. One that works, or waits for a lock,
 * may go on without a limit.
 */
export function watchConnection(client: pg.Client, options: WatchOptions): ConnectionWatch {
  const watch = new Watch(client, options);
  return {
    get lost() {
      return watch.lost;
    },
    [Symbol.dispose]: () => watch.stop(),
  };
}

class Watch {
  lost: TemporaryError | undefined;
  readonly #client: pg.Client;
  readonly #options: WatchOptions;
  readonly #timer: NodeJS.Timeout;
  readonly #connectedMs = performance.now();
  #passed = 0;
  /** Counted in ticks, not by the clock: a process that was busy or stopped has not received. */
  #silentMs = 0;
  #unreachableSinceMs: number | undefined;
  #stalledProbes = 0;
  #isAsking = false;

  constructor(client: pg.Client, options: WatchOptions) {
    this.#client = client;
    this.#options = options;
    this.#timer = setInterval(() => void this.#tick(), tickMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #tick(): Promise<void> {
    // A closed connection has thrown its error.
    if (this.#client.connection.stream.destroyed) return this.stop();
    const passed = bytesPassed(this.#client);
    if (passed !== this.#passed || !isWaiting(this.#client)) return this.#received(passed);
    this.#silentMs += tickMs;
    if (this.#silentMs < this.#options.silenceMaxMs || this.#isAsking) return;
    this.#isAsking = true;
    const question = {
      pid: 'processID' in this.#client ? this.#client.processID : null,
      ageSeconds: (performance.now() - this.#connectedMs) / 1000,
      isLast: this.#stalledProbes + 1 >= stalledProbesMax,
    };
    const probe = await probeSession(question, this.#options.connect);
    this.#isAsking = false;
    // Nothing has come in meanwhile.
    if (bytesPassed(this.#client) === passed) this.#evaluate(probe);
  }

  #received(passed: number): void {
    this.#passed = passed;
    this.#silentMs = 0;
    this.#unreachableSinceMs = undefined;
    this.#stalledProbes = 0;
  }

  #evaluate(probe: Probe): void {
    const silence = `nothing has passed on the connection to the warehouse for ${Math.round(this.#silentMs / 1000)} s`;
    switch (probe.kind) {
      case 'working':
        return this.#received(this.#passed);
      case 'stalled':
        this.#unreachableSinceMs = undefined;
        this.#stalledProbes += 1;
        if (this.#stalledProbes >= stalledProbesMax)
          this.#giveUp(`${silence}, and its server ${probe.reason}: it is half-open`);
        return;
      case 'unreachable':
        this.#unreachableSinceMs ??= performance.now();
        if (performance.now() - this.#unreachableSinceMs < this.#options.waitMaxMs) return;
        return this.#giveUp(`${silence}, and the warehouse can not be reached by another one`);
      default:
        return probe satisfies never;
    }
  }

  #giveUp(message: string): void {
    this.stop();
    this.lost = new TemporaryError(message);
    this.#client.connection.stream.destroy(this.lost);
  }
}

/** Whether the client waits for the server; pg keeps it in a field that its types do not name. */
function isWaiting(client: pg.Client): boolean {
  return 'readyForQuery' in client && client.readyForQuery === false;
}

/** Bytes that have come in, and those that this process has got rid of. */
function bytesPassed(client: pg.Client): number {
  const { stream } = client.connection;
  if (!(stream instanceof Socket)) return 0;
  return stream.bytesRead + stream.bytesWritten - stream.writableLength;
}

interface Question {
  /** The server process of the silent session. */
  readonly pid: unknown;
  /** How long it has been connected: a younger session has only inherited the number of its process. */
  readonly ageSeconds: number;
  readonly isLast: boolean;
}

/**
 * Asks another session of the same user; `wait_event` is what its server process waits for. A session that is
 * found stalled for the last time is ended: it may hold locks that the next try needs.
 */
async function probeSession({ pid, ageSeconds, isLast }: Question, connect: () => Promise<pg.Client>): Promise<Probe> {
  try {
    const client = await connect();
    try {
      const { rows } = await client.query<{ state: string | null; wait_event: string | null }>(
        `select state, wait_event
         from pg_stat_activity
         where pid = $1 and datname = current_database() and usename = current_user
           and clock_timestamp() - backend_start >= make_interval(secs => $2)`,
        [pid, ageSeconds],
      );
      const probe = probeOf(rows[0]);
      if (isLast && probe.kind === 'stalled') await client.query('select pg_terminate_backend($1)', [pid]);
      return probe;
    } finally {
      await endClient(client);
    }
  } catch (error) {
    return isAnswer(error) ? { kind: 'working' } : { kind: 'unreachable' };
  }
}

function probeOf(session: { readonly state: string | null; readonly wait_event: string | null } | undefined): Probe {
  if (session === undefined) return { kind: 'stalled', reason: 'knows nothing of this session' };
  const { state, wait_event: waitEvent } = session;
  if (state?.startsWith('idle') === true) return { kind: 'stalled', reason: `takes the session for ${state}` };
  if (waitEvent === 'ClientRead') return { kind: 'stalled', reason: 'waits for more of what is being sent' };
  if (waitEvent === 'ClientWrite') return { kind: 'stalled', reason: 'waits for its answer to be taken' };
  return { kind: 'working' };
}

/** A server that is up and refuses the question, as when all connections are taken, says nothing about the session. */
function isAnswer(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^(28|42|53)...$/.test(String(error.code));
}

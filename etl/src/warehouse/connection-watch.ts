import { Socket } from 'node:net';

import type pg from 'pg';

import { TemporaryError } from '../failures/errors.ts';
import { endClient } from './end-client.ts';

export interface WatchOptions {
  /** How long nothing may pass on the connection, while the server has something to do, before somebody asks. */
  readonly silenceMaxMs: number;
  /** How long the warehouse may then be away altogether. */
  readonly waitMaxMs: number;
  /** Opens a further connection to the same warehouse, for a question about the silent one. */
  readonly connect: () => Promise<pg.Client>;
}

/** Looks after one connection until it is disposed of. */
export interface ConnectionWatch extends Disposable {
  /** Why the connection was given up, once it was. */
  readonly lost: TemporaryError | undefined;
}

/** What another session sees of the watched one. */
type Sight =
  | { readonly kind: 'working' }
  /** The server has answered long ago, or was never asked. */
  | { readonly kind: 'deaf'; readonly words: string }
  | { readonly kind: 'away' };

const tickMs = 1000;
/** An answer may be on its way at the very moment of the question: seen twice, a second apart, it is none. */
const sightsMax = 2;

/**
 * Gives a connection up that is half-open: its peer is gone, or the way to it, and nobody has said so. TCP notices after
 * many minutes or, where something between the two still acknowledges, never; a time-out for queries would end long ones
 * that are well. So, after a silence, a second connection asks the server how the session stands. One that works, or waits
 * for a lock, may go on for as long as it likes.
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
  /** Counted in ticks, not by the clock: a process that was busy or stopped has not listened. */
  #silentMs = 0;
  #awaySinceMs: number | undefined;
  #deafSights = 0;
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
    // What is closed has said so.
    if (this.#client.connection.stream.destroyed) return this.stop();
    const passed = bytesPassed(this.#client);
    if (passed !== this.#passed || !isWaiting(this.#client)) return this.#heard(passed);
    this.#silentMs += tickMs;
    if (this.#silentMs < this.#options.silenceMaxMs || this.#isAsking) return;
    this.#isAsking = true;
    const question = {
      pid: 'processID' in this.#client ? this.#client.processID : null,
      ageSeconds: (performance.now() - this.#connectedMs) / 1000,
      isLast: this.#deafSights + 1 >= sightsMax,
    };
    const sight = await sightOf(question, this.#options.connect);
    this.#isAsking = false;
    // It has spoken meanwhile.
    if (bytesPassed(this.#client) === passed) this.#judge(sight);
  }

  #heard(passed: number): void {
    this.#passed = passed;
    this.#silentMs = 0;
    this.#awaySinceMs = undefined;
    this.#deafSights = 0;
  }

  #judge(sight: Sight): void {
    const silence = `nothing has passed on the connection to the warehouse for ${Math.round(this.#silentMs / 1000)} s`;
    switch (sight.kind) {
      case 'working':
        return this.#heard(this.#passed);
      case 'deaf':
        this.#awaySinceMs = undefined;
        this.#deafSights += 1;
        if (this.#deafSights >= sightsMax) this.#giveUp(`${silence}, and its server ${sight.words}: it is half-open`);
        return;
      case 'away':
        this.#awaySinceMs ??= performance.now();
        if (performance.now() - this.#awaySinceMs < this.#options.waitMaxMs) return;
        return this.#giveUp(`${silence}, and the warehouse can not be reached by another one`);
      default:
        return sight satisfies never;
    }
  }

  #giveUp(words: string): void {
    this.stop();
    this.lost = new TemporaryError(words);
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
 * Asks another session of the same user; the server's own words for what it waits for are in `wait_event`. A session that is
 * deaf for the last time is ended: it may hold locks that the next try needs.
 */
async function sightOf({ pid, ageSeconds, isLast }: Question, connect: () => Promise<pg.Client>): Promise<Sight> {
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
      const sight = judged(rows[0]);
      if (isLast && sight.kind === 'deaf') await client.query('select pg_terminate_backend($1)', [pid]);
      return sight;
    } finally {
      await endClient(client);
    }
  } catch (error) {
    return isAnswer(error) ? { kind: 'working' } : { kind: 'away' };
  }
}

function judged(session: { readonly state: string | null; readonly wait_event: string | null } | undefined): Sight {
  if (session === undefined) return { kind: 'deaf', words: 'knows nothing of this session' };
  const { state, wait_event: waitEvent } = session;
  if (state?.startsWith('idle') === true) return { kind: 'deaf', words: `takes the session for ${state}` };
  if (waitEvent === 'ClientRead') return { kind: 'deaf', words: 'waits for more of what is being sent' };
  if (waitEvent === 'ClientWrite') return { kind: 'deaf', words: 'waits for its answer to be taken' };
  return { kind: 'working' };
}

/** A server that is up and refuses the question, as when all connections are taken, tells nothing of the session. */
function isAnswer(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^(28|42|53)...$/.test(String(error.code));
}

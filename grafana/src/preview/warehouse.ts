import { DatabaseError, Pool, type FieldDef } from 'pg';

import type { BoundQuery } from '../expand-query.ts';
import type { Column } from './protocol.ts';
import { Refusal } from './refusal.ts';

/** Where the warehouse is, and the role that reads it. */
export interface WarehouseAddress {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
}

/** Reads the warehouse, as the role that can do nothing else; connections come back by themselves after an outage. */
export class Warehouse implements AsyncDisposable {
  readonly #pool: Pool;
  readonly #address: string;

  constructor(address: WarehouseAddress) {
    this.#address = `${address.host}:${address.port}`;
    this.#pool = new Pool({
      ...address,
      application_name: 'grafana-preview',
      // A dashboard asks a dozen queries at once; the warehouse is there for the pipeline first.
      max: 8,
      idleTimeoutMillis: 60_000,
      connectionTimeoutMillis: 5000,
      // The role has these limits of its own; here they hold whatever role is set.
      options: `-c default_transaction_read_only=on -c statement_timeout=${timeoutMs} -c timezone=UTC -c datestyle=ISO`,
    });
    // An idle connection that breaks is dropped from the pool; the next query opens another.
    this.#pool.on('error', () => undefined);
  }

  /**
   * Runs one statement with its parameters bound.
   * @throws Refusal 503 when the warehouse is away, 504 when the query takes too long, 500 when it is refused.
   */
  async read({ text, values }: BoundQuery): Promise<Column[]> {
    // Extended: one statement only, even without parameters.
    const query = { text, rowMode: 'array', queryMode: 'extended', types: asText } as const;
    try {
      const { fields, rows } = await this.#pool.query<(string | null)[]>({ ...query, values: [...values] });
      return fields.map((field, index) =>
        toColumn(
          field,
          rows.map((row) => row[index] ?? null),
        ),
      );
    } catch (cause) {
      throw this.#refusal(cause);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.end();
  }

  #refusal(cause: unknown): Refusal {
    const message = cause instanceof Error ? cause.message || String(cause) : String(cause);
    if (!(cause instanceof DatabaseError)) {
      const reason = `The warehouse does not answer at ${this.#address}. The next refresh asks again.`;
      return new Refusal(503, reason, { cause });
    }
    const code = cause.code ?? '';
    if (code === '57014') return new Refusal(504, `The query took longer than ${timeoutMs / 1000} s.`, { cause });
    if (/^(08|28|3D|53|57)/.test(code)) {
      return new Refusal(503, `The warehouse at ${this.#address} is not ready: ${message}.`, { cause });
    }
    return new Refusal(500, `The warehouse refuses the query: ${message}.`, { cause });
  }
}

const timeoutMs = 10_000;

/** Values as PostgreSQL writes them. */
const asText = { getTypeParser: () => String };

/** Object identifiers of PostgreSQL's types, which never change. */
const oids = {
  number: new Set([20, 21, 23, 700, 701, 1700]),
  time: new Set([1114, 1184]),
  date: 1082,
  boolean: 16,
};

function toColumn({ name, dataTypeID: oid }: FieldDef, texts: readonly (string | null)[]): Column {
  const convert = <Value>(read: (text: string) => Value): (Value | null)[] =>
    texts.map((text) => (text === null ? null : read(text)));
  if (oids.number.has(oid)) return { name, type: 'number', values: convert(Number) };
  if (oids.time.has(oid)) return { name, type: 'time', values: convert(timestampMs) };
  if (oid === oids.date) return { name, type: 'time', values: convert(Date.parse) };
  if (oid === oids.boolean) return { name, type: 'boolean', values: convert((text) => text === 't') };
  return { name, type: 'string', values: [...texts] };
}

/** PostgreSQL writes `2026-11-22 10:00:00.5+00`, without the offset where the type has none. */
function timestampMs(text: string): number {
  return Date.parse(`${text.replace(' ', 'T').replace(/\+00$/, '')}Z`);
}

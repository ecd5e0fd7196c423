/**
 * PostgreSQL's COPY binary format, which the server takes without parsing text:
 * https://www.postgresql.org/docs/17/sql-copy.html#SQL-COPY-FILE-FORMATS. A field is its length and what its type's receive
 * function reads (src/backend/utils/adt of PostgreSQL: textrecv, numeric_recv, timestamptz_recv, date_recv, array_recv).
 */
import type { CurrencyExponent } from '@pulse/contract';

import { blockBytes, StagedFileDamagedError } from '../staging/staged-file.ts';

/** What a file begins with: a signature, no flags, no extension. */
export const copyHeader = Buffer.from('PGCOPY\n\xFF\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
/** What it ends with: a row of -1 fields. */
export const copyTrailer = Buffer.from([0xff, 0xff]);

const capacityMin = 1024;
const wordValues = 2 ** 32;
const dayMs = 86_400_000;
/** PostgreSQL counts from here; in days since 1970. */
export const year2000Day = 10_957;
const year2000Ms = year2000Day * dayMs;
const textType = 25;
const digitsBase = 10_000;
const digitsBaseBig = BigInt(digitsBase);
/** Factors that leave four decimals, one digit of base 10,000. */
const toFourDecimals = { 0: 10_000, 2: 100, 3: 10, 4: 1 } as const satisfies Record<CurrencyExponent, number>;
const quickMax = BigInt(Math.floor(Number.MAX_SAFE_INTEGER / digitsBase));

/** Fields one after the other, in memory that grows as needed and is used again after `clear`. */
export class CopyFields {
  #bytes = Buffer.allocUnsafe(capacityMin);
  #view = viewOf(this.#bytes);
  #length = 0;

  /** How many bytes there are. */
  get length(): number {
    return this.#length;
  }

  /** What was written, until the next write. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
  }

  /** Writes zeros, for the caller to fill through `view`. @returns where they begin. */
  zeros(sizeBytes: number): number {
    this.#reserve(sizeBytes);
    const at = this.#length;
    this.#length += sizeBytes;
    this.#bytes.fill(0, at, this.#length);
    return at;
  }

  /** What was written, to be written over; valid until the next write. */
  get view(): DataView {
    return this.#view;
  }

  /** Begins a row of so many fields. */
  row(fieldCount: number): void {
    this.#reserve(2);
    this.#view.setInt16(this.#length, fieldCount);
    this.#length += 2;
  }

  /** Takes over fields that were made elsewhere. */
  append(source: Buffer, start = 0, end = source.length): void {
    this.#reserve(end - start);
    this.#length += source.copy(this.#bytes, this.#length, start, end);
  }

  null(): void {
    this.#field(0, -1);
  }

  /** A field of type text. */
  text(value: string): void {
    this.#field(value.length * 3);
    const start = this.#length;
    this.#write(value);
    this.#view.setInt32(start - 4, this.#length - start);
  }

  /** A field of type jsonb. */
  json(value: unknown): void {
    const text = JSON.stringify(value);
    this.#field(1 + text.length * 3);
    const start = this.#length;
    // The version of the format.
    this.#bytes[start] = 1;
    this.#length += 1;
    this.#write(text);
    this.#view.setInt32(start - 4, this.#length - start);
  }

  /** A field of type text[], of one dimension and without nulls. */
  textArray(values: readonly string[]): void {
    this.#field(20);
    const start = this.#length;
    const isEmpty = values.length === 0;
    this.#view.setInt32(start, isEmpty ? 0 : 1);
    this.#view.setInt32(start + 4, 0);
    this.#view.setInt32(start + 8, textType);
    this.#length += 12;
    if (!isEmpty) {
      this.#view.setInt32(start + 12, values.length);
      // Numbered from 1.
      this.#view.setInt32(start + 16, 1);
      this.#length += 8;
      for (const value of values) this.text(value);
    }
    this.#view.setInt32(start - 4, this.#length - start);
  }

  /** A field of type bytea: the first bytes of what small hexadecimal digits tell. */
  byteArray(hex: string, sizeBytes: number): void {
    this.#field(sizeBytes);
    for (let index = 0; index < sizeBytes; index += 1) {
      this.#bytes[this.#length + index] = (nibbleAt(hex, 2 * index) << 4) | nibbleAt(hex, 2 * index + 1);
    }
    this.#length += sizeBytes;
  }

  boolean(value: boolean): void {
    this.#field(1);
    this.#bytes[this.#length] = value ? 1 : 0;
    this.#length += 1;
  }

  smallint(value: number): void {
    this.#field(2);
    this.#view.setInt16(this.#length, value);
    this.#length += 2;
  }

  integer(value: number): void {
    this.#field(4);
    this.#view.setInt32(this.#length, value);
    this.#length += 4;
  }

  /** @param value - A safe whole number. */
  bigint(value: number): void {
    this.#field(8);
    this.#view.setInt32(this.#length, Math.floor(value / wordValues));
    this.#view.setUint32(this.#length + 4, value % wordValues);
    this.#length += 8;
  }

  /** A field of type timestamptz: milliseconds since 1970, and 0 to 999 microseconds more. */
  timestamp(epochMs: number, microseconds: number): void {
    const sinceMs = epochMs - year2000Ms;
    const since = sinceMs * 1000 + microseconds;
    if (Number.isSafeInteger(since)) {
      this.bigint(since);
      return;
    }
    this.#field(8);
    this.#view.setBigInt64(this.#length, BigInt(sinceMs) * 1000n + BigInt(microseconds));
    this.#length += 8;
  }

  /** A field of type date: days since 1970. */
  date(epochDay: number): void {
    this.integer(epochDay - year2000Day);
  }

  /** A field of type numeric: an amount in minor units, none negative, in major ones. */
  money(minor: bigint, exponent: CurrencyExponent): void {
    if (minor > quickMax) {
      this.decimal({ digits: minor, scale: exponent });
      return;
    }
    let rest = Number(minor) * toFourDecimals[exponent];
    const count = rest < 1e4 ? 1 : rest < 1e8 ? 2 : rest < 1e12 ? 3 : 4;
    this.#numericHead(count, count - 2, exponent);
    for (let at = this.#length + 2 * (count - 1); at >= this.#length; at -= 2) {
      const digit = rest % digitsBase;
      this.#view.setInt16(at, digit);
      rest = (rest - digit) / digitsBase;
    }
    this.#length += 2 * count;
  }

  /** A field of type numeric: `digits` / 10^`scale`, not negative. */
  decimal({ digits, scale }: { readonly digits: bigint; readonly scale: number }): void {
    const fractionCount = Math.ceil(scale / 4);
    const groups: number[] = [];
    for (let rest = digits * 10n ** BigInt(fractionCount * 4 - scale); rest > 0n; rest /= digitsBaseBig) {
      groups.unshift(Number(rest % digitsBaseBig));
    }
    this.#numericHead(groups.length, groups.length - fractionCount - 1, scale);
    for (const [index, group] of groups.entries()) this.#view.setInt16(this.#length + 2 * index, group);
    this.#length += 2 * groups.length;
  }

  /** How many digits of base 10,000 follow, the power of the first, no sign, and how many decimals are shown. */
  #numericHead(digitCount: number, weight: number, scale: number): void {
    this.#field(8 + 2 * digitCount);
    this.#view.setInt16(this.#length, digitCount);
    this.#view.setInt16(this.#length + 2, weight);
    this.#view.setInt16(this.#length + 4, 0);
    this.#view.setInt16(this.#length + 6, scale);
    this.#length += 8;
  }

  /** Begins a field: its length, and room for its bytes. */
  #field(sizeBytes: number, length = sizeBytes): void {
    this.#reserve(4 + sizeBytes);
    this.#view.setInt32(this.#length, length);
    this.#length += 4;
  }

  /** Writes text as UTF-8 into room that was reserved. */
  #write(text: string): void {
    const bytes = this.#bytes;
    let at = this.#length;
    for (let index = 0; index < text.length; index += 1, at += 1) {
      const unit = text.charCodeAt(index);
      if (unit > 0x7f) {
        this.#length += bytes.write(text, this.#length);
        return;
      }
      bytes[at] = unit;
    }
    this.#length = at;
  }

  #reserve(sizeBytes: number): void {
    const needed = this.#length + sizeBytes;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
    this.#view = viewOf(larger);
  }
}

/** The value of one of the digits 0 to 9 and a to f: the letters' low bits count from 1. */
function nibbleAt(hex: string, index: number): number {
  const unit = hex.charCodeAt(index);
  return unit > 0x39 ? (unit & 0xf) + 9 : unit & 0xf;
}

/** A view of a buffer's bytes. */
export function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/**
 * The size of the row that begins at a place of some bytes; undefined where they do not hold the lengths of all its fields.
 * @throws StagedFileDamagedError for one that no block holds: ids and texts are short, so its length is damaged.
 */
export function copyRowSize(bytes: Buffer, at: number): number | undefined {
  if (at + 2 > bytes.length) return undefined;
  const fieldCount = bytes.readInt16BE(at);
  if (fieldCount < 0) throw new StagedFileDamagedError(`a row of COPY has ${fieldCount} fields`);
  const end = fieldAt(bytes, at, fieldCount);
  return end === undefined ? undefined : end - at;
}

/** Where the row's field of a number begins, with its length; undefined where the bytes end before. */
function fieldAt(bytes: Buffer, rowAt: number, number: number): number | undefined {
  let at = rowAt + 2;
  for (let field = 0; field < number; field += 1) {
    if (at + 4 > bytes.length) return undefined;
    at += 4 + Math.max(0, bytes.readInt32BE(at));
    if (at - rowAt > blockBytes) throw new StagedFileDamagedError(`a row of COPY has a size of ${at - rowAt} or more`);
  }
  return at;
}

/** A field of type integer, by its number in a row that begins at a place of some bytes and lies whole in them. */
export function integerOf(bytes: Buffer, rowAt: number, number: number): number {
  return bytes.readInt32BE(valueAt(bytes, rowAt, number));
}

/** The same of type bigint, which holds a safe whole number. */
export function bigintOf(bytes: Buffer, rowAt: number, number: number): number {
  const at = valueAt(bytes, rowAt, number);
  return bytes.readInt32BE(at) * wordValues + bytes.readUInt32BE(at + 4);
}

function valueAt(bytes: Buffer, rowAt: number, number: number): number {
  const at = fieldAt(bytes, rowAt, number);
  if (at === undefined) throw new RangeError(`a row ends before its field ${number}`);
  return at + 4;
}

/** The rows in these bytes. @throws StagedFileDamagedError where the last one is cut short. */
export function* copyRowsOf(blocks: Iterable<Buffer>): Generator<Buffer, void> {
  const bytes = Buffer.concat(Array.from(blocks, (block) => Buffer.from(block)));
  for (let at = 0; at < bytes.length;) {
    const end = at + (copyRowSize(bytes, at) ?? Infinity);
    if (end > bytes.length) throw new StagedFileDamagedError('rows of COPY end within a row');
    yield bytes.subarray(at, end);
    at = end;
  }
}

/** The text of a row's first field. */
export function firstTextOf(row: Buffer): string {
  return row.toString('utf8', 6, 6 + row.readInt32BE(2));
}

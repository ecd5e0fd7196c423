import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { unzipSync } from 'fflate';

import { UsageError } from '../failures/errors.ts';
import { isMissingFile } from '../failures/system-errors.ts';

/** No table of rates is larger, unpacked: the European Central Bank's of all days has 0.7 MB. */
const sizeMaxBytes = 256 * 1024 * 1024;

/**
 * The text of a file: UTF-8, or UTF-16 as Excel writes it; alone, in a zip or a gzip.
 * @throws UsageError saying what the file is, where it is nothing of the kind, and what to give instead.
 */
export function readTextFile(path: string): string {
  const text = decode(path, unpack(path, bytesOf(path)));
  const start = text.trimStart().slice(0, 200).toLowerCase();
  if (/^<(!doctype html|html)/.test(start)) throw isInstead(path, 'a web page: was the download refused?');
  if (start.startsWith('<')) throw isInstead(path, 'XML: the same rates come as CSV, too');
  if (/^[{[]/.test(start)) throw isInstead(path, 'JSON: the same rates come as CSV, too');
  return text;
}

function bytesOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if (isMissingFile(error)) throw new UsageError(`there is no file ${path}`, { cause: error });
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${path} can not be read: ${message}`, { cause: error });
  }
}

function unpack(path: string, bytes: Buffer): Uint8Array {
  try {
    if (beginsWith(bytes, 'PK\u0003\u0004')) return onlyMember(path, bytes);
    if (beginsWith(bytes, '\u001f\u008b')) return gunzipSync(bytes, { maxOutputLength: sizeMaxBytes });
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${path} is a damaged archive: ${message}`, { cause: error });
  }
  if (beginsWith(bytes, '%PDF')) throw isInstead(path, 'a PDF');
  if (beginsWith(bytes, '\u00d0\u00cf\u0011\u00e0')) throw isInstead(path, 'an Excel workbook: save it as CSV (UTF-8)');
  return bytes;
}

/** The one table of a zip, as the European Central Bank packs its files. */
function onlyMember(path: string, bytes: Buffer): Uint8Array {
  const sizes = new Map<string, number>();
  const members = unzipSync(bytes, {
    filter: ({ name, originalSize }) => {
      sizes.set(name, originalSize);
      return /\.(csv|txt)$/i.test(name) && originalSize <= sizeMaxBytes;
    },
  });
  const names = [...sizes.keys()];
  if (names.includes('[Content_Types].xml')) throw isInstead(path, 'an Excel workbook: save it as CSV (UTF-8)');
  if (names.includes('mimetype')) throw isInstead(path, 'a spreadsheet: save it as CSV (UTF-8)');
  const [member, ...more] = Object.values(members);
  if (member !== undefined && more.length === 0) return member;
  const found = names.length === 0 ? 'nothing' : names.slice(0, 10).join(', ');
  throw new UsageError(`${path} is a zip with ${found} in it: expected one CSV file; unpack it and name the right one`);
}

function decode(path: string, bytes: Uint8Array): string {
  const encoding = { '255,254': 'utf-16le', '254,255': 'utf-16be' }[bytes.subarray(0, 2).join()] ?? 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    throw new UsageError(`${path} is no text in UTF-8: save it as CSV (UTF-8)`, { cause: error });
  }
}

function beginsWith(bytes: Buffer, signature: string): boolean {
  return bytes.subarray(0, signature.length).equals(Buffer.from(signature, 'latin1'));
}

function isInstead(path: string, what: string): UsageError {
  return new UsageError(`${path} is no CSV file but ${what}`);
}

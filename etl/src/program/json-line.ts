/** A result as one line of JSON: times as ISO 8601, wide integers as text, bytes as base64. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === 'bigint') return part.toString();
    // Buffers turn themselves into an object first.
    if (isBufferJson(part)) return Buffer.from(part.data).toString('base64');
    return part;
  });
}

function isBufferJson(part: unknown): part is { readonly data: readonly number[] } {
  return (
    typeof part === 'object' &&
    part !== null &&
    'type' in part &&
    part.type === 'Buffer' &&
    'data' in part &&
    Array.isArray(part.data)
  );
}

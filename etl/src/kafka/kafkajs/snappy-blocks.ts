/** How Java's client begins (xerial's snappy-java): a magic number, a version, and the oldest version that can read it. */
const xerialMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const xerialHeaderBytes = 16;
const lengthBytes = 4;

/**
 * The snappy blocks of a record batch, in order. Java's client and the broker write a header and then any number of blocks,
 * each after its length; librdkafka writes one block and nothing else.
 * @throws RangeError where a block is cut off.
 */
export function snappyBlocks(bytes: Buffer): Buffer[] {
  if (!bytes.subarray(0, xerialMagic.length).equals(xerialMagic)) return [bytes];
  const blocks: Buffer[] = [];
  for (let at = xerialHeaderBytes; at < bytes.length;) {
    // Streams that were joined: each one begins with a header.
    if (bytes.subarray(at, at + xerialMagic.length).equals(xerialMagic)) {
      at += xerialHeaderBytes;
      continue;
    }
    const end = at + lengthBytes + bytes.readInt32BE(at);
    if (end <= at || end > bytes.length) throw new RangeError('a snappy block is cut off');
    blocks.push(bytes.subarray(at + lengthBytes, end));
    at = end;
  }
  return blocks;
}

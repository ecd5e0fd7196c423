#!/usr/bin/env bash
# lz4js 0.2.0 (npm), a pure JavaScript LZ4 that is easily taken for kafkajs's missing codec: frames with block checksums, written
# by the reference library (PyPI lz4 4.4.4, which binds LZ4's own C code).
#
# Expected: the frame format's block checksums are read over, or refused with an error.
# Seen:     they are taken for the beginning of the next block. There is no error: 480,000 bytes come back as some 447,000 wrong
#           ones. Frames without block checksums (what Kafka's Java client and librdkafka write) come back whole.
# Way round: a library that knows the whole format, as @platformatic/wasm-utils or lz4-napi.
# Needs Node.js 20 or newer and Python 3.11 with venv. Ends with 0 while this is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund lz4js@0.2.0
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check lz4==4.4.4
venv/bin/python - <<'PY'
import lz4.frame

data = b"".join(b"order-%06d,149.99,USD\n" % n for n in range(20000))
options = {"block_size": lz4.frame.BLOCKSIZE_MAX64KB, "block_linked": False}
with open("data", "wb") as file:
    file.write(data)
for name, has_checksums in (("plain", False), ("checksums", True)):
    frame = lz4.frame.compress(data, block_checksum=has_checksums, **options)
    assert lz4.frame.decompress(frame) == data
    with open(f"{name}.lz4", "wb") as file:
        file.write(frame)
PY
node -e '
  const { readFileSync } = require("node:fs");
  const { decompress } = require("lz4js");
  const data = readFileSync("data");
  const read = (name) => Buffer.from(decompress(readFileSync(`${name}.lz4`)));
  const [plain, checksums] = [read("plain"), read("checksums")];
  console.log(`without block checksums: ${plain.length} bytes, ${plain.equals(data) ? "the same" : "others"}`);
  console.log(`with block checksums: ${checksums.length} bytes, ${checksums.equals(data) ? "the same" : "others"}`);
  const isSo = plain.equals(data) && !checksums.equals(data);
  console.log(isSo ? "as described" : "no longer as described");
  process.exit(isSo ? 0 : 1);'

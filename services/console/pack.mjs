// Beside each text of the folder, the same by brotli and gzip: the gateway sends what is
// there.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";

const [folder] = process.argv.slice(2);
for (const name of readdirSync(folder, { recursive: true })) {
  if (!/\.(?:js|css|html|svg|json)$/.test(name)) continue;
  const path = join(folder, name);
  const body = readFileSync(path);
  for (const [end, packed] of [
    ["br", brotliCompressSync(body)],
    ["gz", gzipSync(body, { level: 9 })],
  ]) {
    if (packed.length < body.length) writeFileSync(`${path}.${end}`, packed);
  }
}

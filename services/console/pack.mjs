// Beside each text of the folder, the same as gzip: the gateway sends what is there.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const [folder] = process.argv.slice(2);
for (const name of readdirSync(folder, { recursive: true })) {
  if (!/\.(?:js|css|html|svg|json)$/.test(name)) continue;
  const path = join(folder, name);
  const body = readFileSync(path);
  const packed = gzipSync(body, { level: 9 });
  if (packed.length < body.length) writeFileSync(`${path}.gz`, packed);
}

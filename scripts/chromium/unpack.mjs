// Unpack the browser beside its package, and the libraries that it brings along.
import { createReadStream, createWriteStream, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";

const [place] = process.argv.slice(2);
const require = createRequire(join(place, "package.json"));
const { extract } = require("tar-fs");
const packed = join(place, "node_modules/@sparticuz/chromium/bin");

const opened = (name) => [
  createReadStream(join(packed, name)),
  createBrotliDecompress({ chunkSize: 2 ** 21 }),
];
const lib = join(place, "lib");
mkdirSync(lib, { recursive: true });
await Promise.all([
  pipeline(...opened("chromium.br"), createWriteStream(join(place, "chromium"), { mode: 0o755 })),
  pipeline(...opened("swiftshader.tar.br"), extract(place)),
  pipeline(...opened("al2023.tar.br"), extract(lib)),
]);

// Writes a .br and a .gz beside every built file that is worth it, so that the gateway serves them as they are.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const dist = path.resolve(import.meta.dirname, '../dist');
for (const name of readdirSync(dist, { recursive: true })) {
  const file = path.join(dist, name);
  if (!statSync(file).isFile() || !/\.(js|css|html|svg|json|txt)$/.test(name)) continue;
  const bytes = readFileSync(file);
  if (bytes.length < 600) continue;
  writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
  writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }));
}

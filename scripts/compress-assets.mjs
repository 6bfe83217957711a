// Lays a compressed copy beside each text file of a folder, so that the API need not compress what never changes.
// Usage: node compress-assets.mjs <folder>
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/** Below this a compressed copy saves less than it costs to name. */
const LEAST_BYTES = 1_024;

const folder = process.argv[2] ?? 'dist';
for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  if (!entry.isFile() || !/\.(js|css|html|svg)$/.test(entry.name)) continue;
  const bytes = readFileSync(path);
  if (bytes.length < LEAST_BYTES) continue;
  // Brotli's last step from 9 to 11 takes seconds and saves a tenth.
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }));
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
}

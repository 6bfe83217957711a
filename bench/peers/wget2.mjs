// Debian's wget2, a program in C that follows the links of a site and keeps the files: no facts of pages, no
// links. Usage: wget2.mjs <url> <concurrency>
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [start = '', concurrency = '16'] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'outrider-wget2-'));
const stats = join(folder, 'stats.csv');
const begun = performance.now();
const child = spawn(
  'wget2',
  [
    ...['-q', '-r', '-l', 'inf', '--no-robots', `--max-threads=${concurrency}`],
    ...[`--stats-site=csv:${stats}`, '-P', join(folder, 'files'), start],
  ],
  { stdio: 'ignore' },
);
let peakMb = 0;
const timer = setInterval(() => {
  try {
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
    peakMb = Math.max(peakMb, Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1_024);
  } catch {
    // It has just ended.
  }
}, 100);
await once(child, 'exit');
const seconds = (performance.now() - begun) / 1_000;
clearInterval(timer);
// The first line names the columns.
const pages = readFileSync(stats, 'utf8').trim().split('\n').length - 1;
process.stdout.write(`${JSON.stringify({ pages, seconds, peakMb })}\n`);
rmSync(folder, { recursive: true, force: true });

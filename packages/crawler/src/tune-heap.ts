import { setFlagsFromString } from 'node:v8';

/**
 * How far the heap may grow past what survived the last full collection, in percent, before the next. V8
 * lets it grow to four times; a page's record lives just long enough to be moved to the old generation,
 * so that on a site with many links a worker took 640 MB where 140 were alive. Measured on 4,000 such
 * pages: 60 % takes 311 MB and a tenth more CPU time, 100 % takes 338 MB, 150 % takes 415 MB. On the whole of the Rust
 * documentation, with the young spaces and arenas of today, in turns: 60 % takes 264 to 278 MB at 820 to 873 pages/s, 75 % 276 to
 * 301 MB at 889 to 901.
 */
const GROWTH_PERCENT = 70;

/**
 * Sets how V8 collects garbage in this process and its threads. Garbage is bounded by how far the heap may grow; a limit on
 * the whole heap would end the process at a burst of large pages. The memory of buffers is freed where the garbage is
 * collected: handing it to V8's helper threads wakes one of them at every young collection, sixty times a second, for a few
 * dozen buffers, and on two cores what is woken takes the place of what reads pages.
 */
export function tuneHeap(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
  setFlagsFromString('--no-concurrent-array-buffer-sweeping');
}

// Memory and processor time of the processes below a command, from Linux's /proc.
import { readdirSync, readFileSync } from 'node:fs';

/**
 * @typedef {object} MemoryPeaks
 * @property {number} workerMb largest resident memory of one worker process
 * @property {number} databaseMb largest sum over PostgreSQL's processes, with each shared page counted once
 */

const INTERVAL_MS = 250;
/** How often new processes are looked for, and the database is weighed: PostgreSQL waits while its memory is walked through. */
const WEIGH_MS = 2_000;

/**
 * @param {string} path
 * @returns {string} '' for a process that has ended
 */
function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** @param {number} pid */
function parentOf(pid) {
  const stat = read(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0);
}

/**
 * Every process that descends from `root`.
 * @param {number} root
 * @returns {number[]}
 */
function descendantsOf(root) {
  const parents = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => [Number(name), parentOf(Number(name))]),
  );
  const isBelow = (/** @type {number} */ pid) => {
    for (let at = parents.get(pid); at !== undefined && at > 1; at = parents.get(at))
      if (at === root) return true;
    return false;
  };
  return [...parents.keys()].filter(isBelow);
}

/**
 * @param {string} path
 * @param {string} name of a line in kB
 */
function megabytes(path, name) {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(read(path));
  return Number(found?.[1] ?? 0) / 1_024;
}

/** Of a clock tick, which is what /proc counts processor time in (`getconf CLK_TCK`). */
const TICKS_PER_SECOND = 100;

/**
 * Processor seconds of a process, and of its children that have ended.
 * @param {number} pid
 */
function cpuSeconds(pid) {
  const stat = read(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at] ?? 0), 0) / TICKS_PER_SECOND;
}

/** @typedef {{ cpuSeconds: number, rssMb: number, peakMb: number }} ProcessUse */

/**
 * What one process has used so far.
 * @param {number} pid
 * @returns {ProcessUse}
 */
export function useOf(pid) {
  return {
    cpuSeconds: cpuSeconds(pid),
    rssMb: megabytes(`/proc/${pid}/status`, 'VmRSS'),
    peakMb: megabytes(`/proc/${pid}/status`, 'VmHWM'),
  };
}

/**
 * Processor seconds of a process and of everything below it.
 * @param {number} root
 */
export function cpuSecondsBelow(root) {
  return [root, ...descendantsOf(root)].reduce((sum, pid) => sum + cpuSeconds(pid), 0);
}

/**
 * What the parts of a platform have used so far. Its database server may stand apart from it.
 * @param {{ platform: number, database: number }} pids
 * @returns {{ workers: ProcessUse[], database: ProcessUse, others: ProcessUse }}
 */
export function readUse({ platform, database }) {
  const below = descendantsOf(platform);
  const isWorker = (/** @type {number} */ pid) =>
    read(`/proc/${pid}/cmdline`).includes('/crawler/dist/process.js');
  const sum = (/** @type {readonly ProcessUse[]} */ all) =>
    all.reduce(
      (total, one) => ({
        cpuSeconds: total.cpuSeconds + one.cpuSeconds,
        rssMb: total.rssMb + one.rssMb,
        peakMb: total.peakMb + one.peakMb,
      }),
      { cpuSeconds: 0, rssMb: 0, peakMb: 0 },
    );
  // Each shared page of PostgreSQL's processes once.
  const shared = (/** @type {number} */ pid) => megabytes(`/proc/${pid}/smaps_rollup`, 'Pss');
  const servers = [database, ...descendantsOf(database)];
  return {
    workers: below.filter(isWorker).map(useOf),
    database: { ...sum(servers.map((pid) => ({ ...useOf(pid), rssMb: shared(pid) }))), peakMb: 0 },
    others: sum(below.filter((pid) => !isWorker(pid)).map(useOf)),
  };
}

/**
 * Watches what a command starts until `stop`, which returns the peaks; on systems without /proc they are 0.
 * @param {number} root
 * @returns {{ stop(): MemoryPeaks }}
 */
export function watchMemory(root) {
  /** @type {MemoryPeaks} */
  const peaks = { workerMb: 0, databaseMb: 0 };
  if (process.platform !== 'linux') return { stop: () => peaks };
  /** @type {number[]} */
  let workers = [];
  let weighedAt = Number.NEGATIVE_INFINITY;
  const weigh = () => {
    weighedAt = performance.now();
    workers = [];
    let databaseMb = 0;
    for (const pid of descendantsOf(root)) {
      const command = read(`/proc/${pid}/cmdline`);
      if (command.includes('/crawler/dist/process.js')) workers.push(pid);
      else if (/^postgres|\/bin\/postgres/.test(command)) {
        databaseMb += megabytes(`/proc/${pid}/smaps_rollup`, 'Pss');
      }
    }
    peaks.databaseMb = Math.max(peaks.databaseMb, databaseMb);
  };
  const look = () => {
    if (performance.now() - weighedAt > WEIGH_MS) weigh();
    // The kernel keeps the peak itself (VmHWM).
    for (const pid of workers) {
      peaks.workerMb = Math.max(peaks.workerMb, megabytes(`/proc/${pid}/status`, 'VmHWM'));
    }
  };
  const timer = setInterval(look, INTERVAL_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return peaks;
    },
  };
}

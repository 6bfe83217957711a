import { readFile } from 'node:fs/promises';
import { systemErrorCode } from './embedded-postgres-error.js';
import { runCommand } from './run-command.js';

/**
 * Tells one process from a later one with the same, recycled number: the moment it started, and on Linux
 * the boot it belongs to. Null when no such process lives.
 *
 * Linux gives the start in clock ticks since boot as field 22 of /proc/<pid>/stat (proc(5)); elsewhere
 * `ps` gives it to the second.
 */
export async function processIdentity(pid: number): Promise<string | null> {
  if (!isAlive(pid)) return null;
  if (process.platform !== 'linux') {
    const { code, stdout } = await runCommand('ps', ['-o', 'lstart=', '-p', String(pid)]);
    return code === 0 && stdout.trim() !== '' ? stdout.trim() : null;
  }
  try {
    const [boot, stat] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readFile(`/proc/${pid}/stat`, 'utf8'),
    ]);
    // Field 2, the program's name, may hold spaces and parentheses: count from the last parenthesis.
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie is dead: it only waits for its parent to ask.
    return state === 'Z' || state === 'X' ? null : `${boot.trim()} ${fields[18]}`;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ESRCH') return null;
    throw error;
  }
}

/** Whether a process of this number exists, of whatever user. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemErrorCode(error) === 'EPERM';
  }
}

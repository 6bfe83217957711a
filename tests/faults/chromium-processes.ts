import { readdirSync, readFileSync } from 'node:fs';

/** Every process of these groups, which each Chromium leads one of: zygotes and renderers too. */
export function membersOf(groups: readonly number[]): number[] {
  return processIds().filter((pid) => {
    const stat = readOf(pid, 'stat');
    const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // One that has ended and waits for its parent's notice is none.
    return state !== 'Z' && groups.includes(Number(group));
  });
}

export function processIds(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** A file of a process in /proc; empty for one that has ended. */
export function readOf(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

import { spawn } from 'node:child_process';

/**
 * Reads a line and ends; where the pipe closes without one, whoever held it was killed or could not remove all.
 * Chromium then ends by itself, since its own pipe closes too, but its folder would stay, and a Chromium that hangs
 * would as well. Removing fails for as long as a process that is just dying writes to the folder: half a minute of tries.
 */
const SCRIPT = `read -r word && exit 0
kill -s KILL -- "-$GROUP" 2>/dev/null
tries=0
while [ -e "$FOLDER" ] && [ "$tries" -lt 300 ]; do
  rm -rf -- "$FOLDER" 2>/dev/null || sleep 0.1
  tries=$((tries + 1))
done`;

/** Watches over one Chromium. */
export interface ChromiumGuard {
  /** Nothing is left to watch over. */
  dismiss(): void;
  /** Kills the group and removes the folder by itself, though this process lives on. */
  takeOver(): void;
}

/**
 * Starts a shell that outlives this process: should this one be killed or ask for it, it kills Chromium's process group and
 * removes its folder. In a session of its own, so that what is sent to ours does not reach it.
 */
export function guardChromium(pid: number, userDataDir: string): ChromiumGuard {
  const guard = spawn('/bin/sh', ['-c', SCRIPT, 'outrider-chromium-guard'], {
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', GROUP: String(pid), FOLDER: userDataDir },
  });
  // Without it Chromium still ends with its pipe, and the next worker sweeps its folder.
  guard.on('error', () => undefined);
  guard.stdin.on('error', () => undefined);
  guard.unref();
  return { dismiss: () => void guard.stdin.end('done\n'), takeOver: () => void guard.stdin.end() };
}

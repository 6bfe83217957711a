// Loaded before a worker's own code (`node --import`, with the file to write after `?to=`): profiles its main
// thread from start to end. Node.js 20 takes no `--cpu-prof` from NODE_OPTIONS, which is how it gets there.
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';

const INTERVAL_MICROSECONDS = 500;

if (process.argv[1]?.includes('/crawler/dist/process.js')) {
  const path = new URL(import.meta.url).searchParams.get('to') ?? '';
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: INTERVAL_MICROSECONDS });
  session.post('Profiler.start');
  process.on('exit', () => {
    session.post('Profiler.stop', (_error, { profile }) => writeFileSync(path, JSON.stringify(profile)));
  });
}

// The way into the command line from a clone: set up, then become `outrider`. The program is imported, not
// spawned, so that signals, exit codes and the terminal are its own.
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterSetUp } from './setup.mjs';

await afterSetUp(async () => {
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  const program = join(root, 'packages', 'cli', 'dist', 'main.js');
  process.argv[1] = program;
  await import(pathToFileURL(program).href);
});

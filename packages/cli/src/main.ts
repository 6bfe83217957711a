// The program `outrider`.
import { runCli } from './program/run-cli.js';
import { readEnvironment } from './settings.js';
import { openTerminal } from './terminal/terminal.js';

const terminal = openTerminal({ out: process.stdout, err: process.stderr });
const code = await runCli(process.argv.slice(2), readEnvironment(), terminal);
await terminal.flush();
process.exit(code);

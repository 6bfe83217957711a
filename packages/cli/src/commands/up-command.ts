import type { Command } from 'commander';
import type { CommandContext } from '../program/command-context.js';
import { wholeNumber } from '../program/option-values.js';

const EXAMPLES = `
Examples:
  outrider up
  outrider up --workers 2 --port 8080
  DATABASE_URL=postgres://… REDIS_URL=redis://… outrider up

Starts the database (unless DATABASE_URL names one), the API, the orchestrator and the workers, starts each again
when it dies, and stays until Ctrl-C, which ends them in order. Logs are in the data directory's folder logs.`;

/** `outrider up`: the whole platform, until it is ended. */
export function addUpCommand(program: Command, context: CommandContext): void {
  program
    .command('up')
    .description('start the whole platform and stay')
    .option('--workers <n>', 'worker processes (OUTRIDER_WORKERS, 1)', wholeNumber(1, 64))
    .option('--port <n>', 'port of the API, 0 for a free one (PORT, 3000)', wholeNumber(0, 65_535))
    .option('--json', 'print one JSON object when everything runs', false)
    .addHelpText('after', EXAMPLES)
    .action(async (options: { workers?: number; port?: number; json: boolean }) => {
      const { runUp } = await import('../platform/run-up.js');
      await runUp(context, options);
    });
}

import type { Command } from 'commander';
import type { CommandContext } from '../program/command-context.js';

const EXAMPLES = `
Example:
  DATABASE_URL=postgres://owner:secret@db/outrider outrider migrate

The embedded database needs no migration by hand: it is brought up to date whenever it starts.`;

/** `outrider migrate`: the schema of an outside database, brought up to date. */
export function addMigrateCommand(program: Command, context: CommandContext): void {
  program
    .command('migrate')
    .description('bring the schema of DATABASE_URL up to date')
    .option('--json', 'print one JSON document', false)
    .addHelpText('after', EXAMPLES)
    .action(async ({ json }: { json: boolean }) => {
      const { runMigrate } = await import('../platform/run-migrate.js');
      const applied = await runMigrate(context.settings());
      const { terminal } = context;
      if (json) terminal.print(JSON.stringify({ applied }));
      else if (applied.length === 0) terminal.print('The schema is up to date.');
      else terminal.print(`Applied:\n${applied.map((name) => `  ${name}`).join('\n')}`);
    });
}

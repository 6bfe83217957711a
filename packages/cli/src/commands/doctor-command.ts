import type { Command } from 'commander';
import type { CommandContext } from '../program/command-context.js';

const EXAMPLES = `
Examples:
  outrider doctor
  DATABASE_URL=postgres://… REDIS_URL=redis://… outrider doctor --json

Examines the data directory and its disk, the database (version, schema, roles, clock, disk, locks), the queue, the
browser, and what is stuck. Exits with 1 when something fails; warnings do not count.`;

const MARKS = { ok: 'ok  ', warn: 'warn', fail: 'FAIL' } as const;

/** `outrider doctor`: whether all that a platform stands on is well, and what to do where it is not. */
export function addDoctorCommand(program: Command, context: CommandContext): void {
  program
    .command('doctor')
    .description('examine what the platform stands on, and say what to do')
    .option('--json', 'print one JSON document', false)
    .addHelpText('after', EXAMPLES)
    .action(async ({ json }: { json: boolean }) => {
      const { examinePlatform } = await import('../doctor/examine-platform.js');
      const checks = await examinePlatform(context.settings());
      const healthy = checks.every(({ status }) => status !== 'fail');
      if (!healthy) context.setExit('failed');
      const { terminal } = context;
      if (json) {
        terminal.print(JSON.stringify({ healthy, checks }));
        return;
      }
      const { colors } = terminal;
      const paint = { ok: colors.green, warn: colors.yellow, fail: colors.red };
      const { printable } = await import('../display/printable.js');
      for (const { name, status, finding, advice } of checks) {
        terminal.print(`${paint[status](MARKS[status])}  ${name}: ${printable(finding)}`);
        if (advice !== null) terminal.print(`      ${printable(advice)}`);
      }
    });
}

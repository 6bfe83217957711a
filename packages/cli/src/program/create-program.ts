import { VERSION } from '@outrider/shared';
import { Command } from 'commander';
import { addAnalyticsCommands } from '../commands/analytics-commands.js';
import { addCampaignCommands } from '../commands/campaign-commands.js';
import { addChangeCommands } from '../commands/change-commands.js';
import { addCrawlCommand } from '../commands/crawl-command.js';
import { addDoctorCommand } from '../commands/doctor-command.js';
import { addExecutionCommands } from '../commands/execution-commands.js';
import { addFleetCommands } from '../commands/fleet-commands.js';
import { addHostCommands } from '../commands/host-commands.js';
import { addKeyCommands } from '../commands/key-commands.js';
import { addMigrateCommand } from '../commands/migrate-command.js';
import { addOrderCommands } from '../commands/order-commands.js';
import { addQuotaCommands } from '../commands/quota-commands.js';
import { addRecordCommands } from '../commands/record-commands.js';
import { addRecoveryCommands } from '../commands/recovery-commands.js';
import { addRevisionCommands } from '../commands/revision-commands.js';
import { addScheduleCommands } from '../commands/schedule-commands.js';
import { addSeedCommands } from '../commands/seed-commands.js';
import { addUpCommand } from '../commands/up-command.js';
import type { CommandContext } from './command-context.js';
import { EXIT_CODES } from './exit-codes.js';

/**
 * The whole command line. Commands import what is heavy only when they run: `crawl` is measured by the
 * time to its first page.
 */
export function createProgram(context: CommandContext): Command {
  const program = new Command('outrider')
    .description('Crawl campaigns: start them, watch them, read what was found.')
    .version(VERSION)
    .showHelpAfterError('(--help shows what there is)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.terminal.print(text.trimEnd()),
      writeErr: (text) => context.terminal.note(text.trimEnd()),
    })
    .addHelpText('after', `\n${exitCodeHelp()}`);
  addCrawlCommand(program, context);
  addUpCommand(program, context);
  addCampaignCommands(program, context);
  addSeedCommands(program, context);
  addRevisionCommands(program, context);
  addScheduleCommands(program, context);
  addExecutionCommands(program, context);
  addAnalyticsCommands(program, context);
  addChangeCommands(program, context);
  addOrderCommands(program, context);
  addRecordCommands(program, context);
  addFleetCommands(program, context);
  addHostCommands(program, context);
  addRecoveryCommands(program, context);
  addQuotaCommands(program, context);
  addKeyCommands(program, context);
  addDoctorCommand(program, context);
  addMigrateCommand(program, context);
  return program;
}

function exitCodeHelp(): string {
  const lines = Object.values(EXIT_CODES).map(
    ({ code, meaning }) => `  ${String(code).padStart(3)}  ${meaning}`,
  );
  return ['Exit codes:', ...lines].join('\n');
}

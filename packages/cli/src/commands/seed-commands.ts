import type { Seed } from '@outrider/shared';
import type { Command } from 'commander';
import { findCampaign } from '../client/find-campaign.js';
import { countOf, formatTime } from '../display/quantities.js';
import type { Column } from '../display/render-table.js';
import { usageError } from '../program/cli-error.js';
import type { CommandContext } from '../program/command-context.js';
import { addListOptions } from '../program/list-options.js';
import { addSeeds } from '../seeds/add-seeds.js';
import { inParts, isSendable } from '../seeds/in-parts.js';
import { printSeedsResult } from '../seeds/print-seeds-result.js';
import { readContent } from './read-document.js';
import { type ListOptions, showList } from './show-list.js';

interface SeedOptions {
  readonly file?: string;
  readonly json: boolean;
}

const SEED_COLUMNS: readonly Column<Seed>[] = [
  { head: 'ADDED', cell: (row) => formatTime(row.createdAt) },
  { head: 'SOURCE', cell: (row) => row.source },
  { head: 'URL', cell: (row) => row.url },
];

/** `outrider seeds`: where a campaign starts. */
export function addSeedCommands(program: Command, context: CommandContext): void {
  const seeds = program.command('seeds').description('list, add and remove the seeds of a campaign');
  addListOptions(
    seeds.command('list', { isDefault: true }).argument('<campaign>', 'id or exact name'),
    'listSeeds',
  )
    .description('list the seeds of a campaign (what `seeds <campaign>` alone does)')
    .action(async (reference: string, options: ListOptions) => {
      const client = await context.connect();
      const params = { id: (await findCampaign(client, reference)).id };
      const list = { route: 'listSeeds', params, noun: 'seed', columns: SEED_COLUMNS } as const;
      await showList(context, client, list, options);
    });
  const named = (name: string, description: string): Command =>
    seeds
      .command(name)
      .description(description)
      .argument('<campaign>', 'id or exact name')
      .argument('[urls...]')
      .option('--file <path>', 'a text file with one URL a line; - for standard input')
      .option('--json', 'print one JSON document', false);
  named('add', 'add seeds to a campaign, any number of them; those that cannot be crawled are named').action(
    async (reference: string, urls: string[], { file, json }: SeedOptions) => {
      const wanted = await readSeeds(urls, file);
      const client = await context.connect();
      const added = await addSeeds(client, (await findCampaign(client, reference)).id, wanted);
      if (json) context.terminal.print(JSON.stringify(added));
      printSeedsResult(context, added);
    },
  );
  named('remove', 'remove seeds from a campaign').action(
    async (reference: string, urls: string[], { file, json }: SeedOptions) => {
      const wanted = await readSeeds(urls, file);
      const client = await context.connect();
      const { id } = await findCampaign(client, reference);
      let removed = 0;
      // What could never be added is no seed of any campaign.
      for (const part of inParts(wanted.filter(isSendable))) {
        removed += (await client.call('removeSeeds', { params: { id }, body: { seeds: part } })).removed;
      }
      context.terminal.print(json ? JSON.stringify({ removed }) : `Removed ${countOf(removed, 'seed')}.`);
    },
  );
}

/** The URLs of the command line and those of the file. Throws CliError when there are none. */
async function readSeeds(urls: readonly string[], file: string | undefined): Promise<string[]> {
  const lines = file === undefined ? [] : (await readContent(file)).split(/\r\n|\n|\r/);
  const seeds = [...urls, ...lines.map((line) => line.trim()).filter((line) => line !== '')];
  if (seeds.length === 0) throw usageError('Name seeds, or a --file with one URL a line.');
  return seeds;
}

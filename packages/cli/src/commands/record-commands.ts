import { writeFile } from 'node:fs/promises';
import { normalizeUrl, urlKey } from '@outrider/shared';
import type { Command } from 'commander';
import { findCampaign, isId } from '../client/find-campaign.js';
import { usageError } from '../program/cli-error.js';
import type { CommandContext } from '../program/command-context.js';
import { addListOptions } from '../program/list-options.js';
import { executionId, idFrom } from '../program/option-values.js';
import { renderExplanation } from '../report/render-explanation.js';
import { renderPage } from '../report/render-page.js';
import {
  COMPARISON_COLUMNS,
  DISCOVERED_COLUMNS,
  ERROR_COLUMNS,
  LINK_COLUMNS,
  PAGE_COLUMNS,
  SITEMAP_COLUMNS,
} from './list-columns.js';
import { type ListOptions, showList } from './show-list.js';

/** `outrider pages`, `page`, `screenshot`, `links`, `sitemaps`, `sitemap-comparison`, `errors`, `resolve`, `discovered` and `explain`. */
export function addRecordCommands(program: Command, context: CommandContext): void {
  addPageCommands(program, context);
  addSitemapCommands(program, context);
  addErrorCommands(program, context);
  addDiscoveryCommands(program, context);
}

function addPageCommands(program: Command, context: CommandContext): void {
  addListOptions(program.command('pages').argument('<execution>', 'id', executionId), 'listPages')
    .description('list the URLs an execution fetched')
    .addHelpText('after', '\nExample:\n  outrider pages <execution> --status 4xx --sort slowest')
    .action(async (id: string, options: ListOptions) => {
      const list = { route: 'listPages', params: { id }, noun: 'page', columns: PAGE_COLUMNS } as const;
      await showList(context, await context.connect(), list, options);
    });
  program
    .command('page')
    .description('show all that was recorded of a URL')
    .argument('<execution>', 'id', executionId)
    .argument('<url>', 'the URL, or its key')
    .option('--json', 'print one JSON document', false)
    .action(async (id: string, url: string, { json }: { json: boolean }) => {
      const client = await context.connect();
      const page = await client.call('getPage', { params: { id, key: keyOf(url) } });
      context.terminal.print(json ? JSON.stringify(page) : renderPage(page));
    });
  program
    .command('screenshot')
    .description('save the picture that was kept of a rendered page')
    .argument('<execution>', 'id', executionId)
    .argument('<url>', 'the URL, or its key')
    .argument('<file>', 'where to save it, as WebP')
    .action(async (id: string, url: string, file: string) => {
      const client = await context.connect();
      const picture = await client.call('getPageScreenshot', { params: { id, key: keyOf(url) } });
      await writeFile(file, picture);
      context.terminal.print(`Saved ${picture.length} bytes to ${file}.`);
    });
  addListOptions(
    program
      .command('links')
      .argument('<execution>', 'id', executionId)
      .argument('<url>', 'the URL, or its key'),
    'listPageLinks',
  )
    .description('list the links of a page, or with --direction in those that lead to it')
    .action(async (id: string, url: string, options: ListOptions) => {
      const params = { id, key: keyOf(url) };
      const list = { route: 'listPageLinks', params, noun: 'link', columns: LINK_COLUMNS } as const;
      await showList(context, await context.connect(), list, options);
    });
}

function addSitemapCommands(program: Command, context: CommandContext): void {
  addListOptions(program.command('sitemaps').argument('<execution>', 'id', executionId), 'listSitemaps')
    .description('list the sitemap files an execution read, with what became of each')
    .action(async (id: string, options: ListOptions) => {
      const list = { route: 'listSitemaps', params: { id }, noun: 'file', columns: SITEMAP_COLUMNS } as const;
      await showList(context, await context.connect(), list, options);
    });
  addListOptions(
    program.command('sitemap-comparison').argument('<execution>', 'id', executionId),
    'compareSitemaps',
  )
    .description('list the URLs that are in a sitemap and not linked, or linked and in no sitemap')
    .addHelpText('after', '\nExample:\n  outrider sitemap-comparison <execution> --set linked_not_in_sitemap')
    .action(async (id: string, options: ListOptions) => {
      const params = { id };
      const list = { route: 'compareSitemaps', params, noun: 'URL', columns: COMPARISON_COLUMNS } as const;
      await showList(context, await context.connect(), list, options);
    });
}

function addErrorCommands(program: Command, context: CommandContext): void {
  addListOptions(program.command('errors').argument('<campaign>', 'id or exact name'), 'listErrors')
    .description('list the errors of a campaign, newest first')
    .addHelpText('after', '\nExample:\n  outrider errors <campaign> --error-type timeout --resolved false')
    .action(async (reference: string, options: ListOptions) => {
      const client = await context.connect();
      const params = { id: (await findCampaign(client, reference)).id };
      const list = { route: 'listErrors', params, noun: 'error', columns: ERROR_COLUMNS } as const;
      await showList(context, client, list, options);
    });
  program
    .command('resolve')
    .description('mark an error resolved, or with --reopen open again')
    .argument('<error>', 'id', idFrom('outrider errors <campaign>'))
    .option('--notes <text>', 'what was done')
    .option('--reopen', 'mark it open again', false)
    .option('--json', 'print one JSON document', false)
    .action(async (id: string, options: { notes?: string; reopen: boolean; json: boolean }) => {
      const { notes } = options;
      const body = { resolved: !options.reopen, ...(notes === undefined ? {} : { resolutionNotes: notes }) };
      const error = await (await context.connect()).call('resolveError', { params: { id }, body });
      const state = error.resolved ? 'resolved' : 'open again';
      context.terminal.print(options.json ? JSON.stringify(error) : `Error ${id} is ${state}.`);
    });
}

function addDiscoveryCommands(program: Command, context: CommandContext): void {
  addListOptions(
    program.command('discovered').argument('<campaign>', 'id or exact name'),
    'listDiscoveredUrls',
  )
    .description("list every URL a campaign's last execution found, with the decision on it")
    .addHelpText(
      'after',
      '\nExample:\n  outrider discovered <campaign> --skip-reason robots_txt --all --json',
    )
    .action(async (reference: string, options: ListOptions) => {
      const client = await context.connect();
      const params = { id: (await findCampaign(client, reference)).id };
      const list = { route: 'listDiscoveredUrls', params, noun: 'URL', columns: DISCOVERED_COLUMNS } as const;
      await showList(context, client, list, options);
    });
  program
    .command('explain')
    .description('say why a URL was fetched, skipped, failed or never seen')
    .argument('<execution>', 'id', executionId)
    .argument('<url>')
    .option('--json', 'print one JSON document', false)
    .action(async (id: string, url: string, { json }: { json: boolean }) => {
      const client = await context.connect();
      const explanation = await client.call('explainUrl', { params: { id }, query: { url } });
      context.terminal.print(json ? JSON.stringify(explanation) : renderExplanation(explanation));
    });
}

/** The key of a URL, which is computed from it; a key stays itself. */
function keyOf(urlOrKey: string): string {
  if (isId(urlOrKey)) return urlOrKey;
  const normalized = normalizeUrl(urlOrKey);
  if (!normalized.ok) throw usageError(`"${urlOrKey}" is neither a URL nor the key of one.`);
  return urlKey(normalized.url);
}

import { CAMPAIGN_LIMITS, scopeConfig } from '@outrider/shared';
import { type Command, Option } from 'commander';
import type { CrawlSiteOptions } from '../crawl/crawl-site.js';
import type { CommandContext } from '../program/command-context.js';
import { gathered, wholeNumber } from '../program/option-values.js';

const EXAMPLES = `
Examples:
  outrider crawl https://example.com/
  outrider crawl example.com --max-pages 500 --concurrency 8
  outrider crawl https://example.com/docs/ --within prefix --deny '\\?print='
  outrider crawl https://example.com/ --json > result.json

Patterns are RE2 and match anywhere in the URL. The same start URL always belongs to the same campaign, so its
executions gather there. Ctrl-C stops in order and keeps what was gathered; a second one ends at once.`;

/** An hour: the most that a campaign takes. */
const MAX_DELAY_MS = 60_000;

/** `outrider crawl`: a site from its start URL to the report. */
export function addCrawlCommand(program: Command, context: CommandContext): void {
  program
    .command('crawl')
    .description('crawl a site to its end and print the report; starts a platform if none runs')
    .argument('<url>', 'where to start; https is meant when the scheme is left away')
    .option('--max-pages <n>', 'most pages to get (100,000)', wholeNumber(1, CAMPAIGN_LIMITS.maxPages))
    .option(
      '--max-depth <n>',
      'most clicks from the start URL (20)',
      wholeNumber(0, CAMPAIGN_LIMITS.maxDepth),
    )
    .option(
      '--concurrency <n>',
      'fetches at a time per host (4)',
      wholeNumber(1, CAMPAIGN_LIMITS.maxConcurrencyPerHost),
    )
    .option(
      '--delay <ms>',
      'pause between two fetches of a host, in milliseconds (0)',
      wholeNumber(0, MAX_DELAY_MS),
    )
    .option('--workers <n>', 'worker processes (1)', wholeNumber(1, CAMPAIGN_LIMITS.lanes))
    .option('--renderer <renderer>', 'how pages are read: http, or browser to render them in Chromium (http)')
    .option('--no-robots', 'do not obey robots.txt: for sites of your own')
    .addOption(
      new Option('--within <scope>', 'what belongs to the site (host)').choices(
        scopeConfig.shape.within.unwrap().options,
      ),
    )
    .addOption(
      new Option('--mode <mode>', 'follow links, or crawl what sitemaps name (spider)').choices([
        'spider',
        'sitemap',
      ]),
    )
    .option(
      '--sitemap <url>',
      'a sitemap besides those that robots.txt names; may be given several times',
      gathered,
    )
    .option('--allow <pattern>', 'crawl only URLs that match; may be given several times', gathered)
    .option('--deny <pattern>', 'do not crawl URLs that match; may be given several times', gathered)
    .option('--user-agent <text>', 'the User-Agent header')
    .option('--name <name>', 'name of the campaign; the start URL unless given')
    .option('--json', 'print one JSON object and nothing else on standard output', false)
    .option('--keep', 'leave the platform running after the report', false)
    .addHelpText('after', EXAMPLES)
    .action(async (url: string, options: CrawlSiteOptions) => {
      const { crawlSite } = await import('../crawl/crawl-site.js');
      context.setExit(await crawlSite(context, url, options));
    });
}

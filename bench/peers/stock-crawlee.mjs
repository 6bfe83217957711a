// Crawlee as its documentation shows it: CheerioCrawler, links followed on the same host, the same facts
// kept in memory. Usage: stock-crawlee.mjs <url> <concurrency> [limit]
import { CheerioCrawler } from '@crawlee/cheerio';
import { Configuration, log } from '@crawlee/core';
import { report } from './report.mjs';

log.setLevel(log.LEVELS.ERROR);
const [start = '', concurrency = '16', limit = '1000000000'] = process.argv.slice(2);
const rows = [];
const crawler = new CheerioCrawler(
  {
    minConcurrency: Number(concurrency),
    maxConcurrency: Number(concurrency),
    maxRequestsPerCrawl: Number(limit),
    maxRequestRetries: 1,
    async requestHandler({ $, request, response, enqueueLinks }) {
      rows.push({
        url: request.loadedUrl,
        status: response.statusCode,
        title: $('title').text(),
        h1: $('h1').text(),
        description: $('meta[name=description]').attr('content'),
        canonical: $('link[rel=canonical]').attr('href'),
      });
      await enqueueLinks({ strategy: 'same-hostname' });
    },
  },
  new Configuration({ persistStorage: false }),
);
const begun = performance.now();
await crawler.run([start]);
report({ pages: rows.length, seconds: (performance.now() - begun) / 1_000 });
process.exit(0);

export { runCli } from './program/run-cli.js';
export { type CrawlResult, crawlResult } from './report/crawl-result.js';
export { openTerminal } from './terminal/terminal.js';

export { type CrawlResult, crawlResult } from './report/crawl-result.js';

# Scrapy as its tutorial shows it: links of the same host followed, the same facts written to a JSON-lines
# file. Usage: scrapy_spider.py <url> <concurrency> [limit]
import json
import os
import resource
import shutil
import sys
import tempfile
import time
from urllib.parse import urlparse

import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.exceptions import CloseSpider
from scrapy.http import HtmlResponse
from scrapy.linkextractors import LinkExtractor

start = sys.argv[1]
concurrency = int(sys.argv[2])
limit = int(sys.argv[3]) if len(sys.argv) > 3 else 10**9


class SiteSpider(scrapy.Spider):
    name = "site"
    start_urls = [start]
    allowed_netloc = urlparse(start).netloc
    extractor = LinkExtractor()
    pages = 0

    def parse(self, response):
        if not isinstance(response, HtmlResponse):
            return
        SiteSpider.pages += 1
        if SiteSpider.pages >= limit:
            raise CloseSpider("limit")
        for link in self.extractor.extract_links(response):
            if urlparse(link.url).netloc == self.allowed_netloc:
                yield scrapy.Request(link.url)
        yield {
            "url": response.url,
            "status": response.status,
            "title": response.xpath("//title/text()").get(),
            "h1": response.xpath("//h1//text()").getall(),
            "description": response.xpath('//meta[@name="description"]/@content').get(),
            "canonical": response.xpath('//link[@rel="canonical"]/@href').get(),
        }


folder = tempfile.mkdtemp(prefix="outrider-bench-")
feed = os.path.join(folder, "pages.jsonl")
process = CrawlerProcess(
    settings={
        "CONCURRENT_REQUESTS": concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": concurrency,
        "LOG_LEVEL": "ERROR",
        "ROBOTSTXT_OBEY": False,
        "TELNETCONSOLE_ENABLED": False,
        "FEEDS": {feed: {"format": "jsonlines"}},
    }
)
begun = time.time()
crawler = process.create_crawler(SiteSpider)
process.crawl(crawler)
process.start()
seconds = time.time() - begun
peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
# Every answer counts, as with the others: a 404 is a result too.
pages = crawler.stats.get_value("response_received_count")
print(json.dumps({"pages": pages, "seconds": seconds, "peakMb": peak_mb}))
shutil.rmtree(folder)

alter table crawl_results drop column rendering;

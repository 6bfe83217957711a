drop index crawl_targets_seeds;

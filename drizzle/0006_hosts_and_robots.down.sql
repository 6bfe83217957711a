drop table robots_files, host_permits, crawl_hosts;

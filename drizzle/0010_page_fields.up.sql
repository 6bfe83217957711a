-- What a page's head and text tell, where lists filter or compare by it; the rest is in the groups of `page`.
alter table crawl_results
  -- Code points, and CSS pixels as search results show them (Arial, 20 px and 14 px).
  add column title_length smallint,
  add column title_pixels smallint,
  add column description_length smallint,
  add column description_pixels smallint,
  -- SHA-256 and 64-bit SimHash of the main text; null when it has no word.
  add column main_text_hash bytea,
  add column simhash bigint,
  -- 0 to 1: how much an answer of 2xx looks like an error page.
  add column soft404_score real;

-- Each holds only the rows that its filter lists, so that it costs a crawl next to nothing. Errors are
-- found by status.
create index crawl_results_not_indexable on crawl_results (execution_id, indexability_reason, url_key)
  where not indexable and status_code < 400;
create index crawl_results_without_title on crawl_results (execution_id, url_key) where is_html and title is null;
create index crawl_results_soft_404 on crawl_results (execution_id, url_key) where soft404_score >= 0.5;

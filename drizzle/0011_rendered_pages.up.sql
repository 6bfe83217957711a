-- What a browser saw of a page, beside what its HTML said: { rendered, settledBy, renderMs, fields: { title:
-- { html, rendered }, ... }, differences, links, consoleErrors, failedRequests, screenshotKey, ... }; null for a page
-- that was not to be rendered.
alter table crawl_results add column rendering jsonb;

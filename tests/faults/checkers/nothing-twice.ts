import { abridged, differs, type Evidence, ownFetchesByUrl } from './evidence.js';

interface Counts {
  results: number;
  fetched: number;
  lanes: number;
  pages: number;
  balanced: boolean;
  problems: unknown;
}

/**
 * I2: results are distinct keys, every counter equals a recount from the rows, and the site was asked for no
 * URL more often than the fault explains.
 */
export async function nothingTwice(evidence: Evidence): Promise<string[]> {
  const { db, executionId, refetchesAllowed, isComplete } = evidence;
  const [counts] = await db.system.withSystem(
    (tx) => tx.sql<Counts[]>`
      select (select count(*) from crawl_results where execution_id = execution.id)::int as results,
        (select count(*) from crawl_targets where execution_id = execution.id and state = 'fetched')::int as fetched,
        (select sum(fetched) from execution_lanes where execution_id = execution.id)::int as lanes,
        pages_crawled::int as pages, error_log as problems,
        (result_summary #>> '{receipt,balanced}')::boolean as balanced
      from campaign_executions execution where id = ${executionId}`,
  );
  const fetched = isComplete ? evidence.expected.fetched : (counts?.results ?? 0);
  const expected = {
    results: fetched,
    fetched,
    lanes: fetched,
    pages: fetched,
    problems: null,
    balanced: true,
  };
  const often = [...ownFetchesByUrl(evidence)].filter(
    ([url, times]) => !url.endsWith('/robots.txt') && times > 1 + refetchesAllowed,
  );
  const campaign = await countersOfCampaign(evidence);
  return [
    ...differs('counters', sorted(counts ?? {}), sorted(expected)),
    ...campaign,
    ...abridged('URLs fetched too often', often),
  ];
}

/** The campaign's own counters go on over its executions, so they are compared with the sum of those. */
async function countersOfCampaign({ db, executionId }: Evidence): Promise<string[]> {
  const [row] = await db.system.withSystem(
    (tx) => tx.sql<{ counted: number; recounted: number }[]>`
      select metrics.pages_crawled::int as counted,
        (select count(*) from crawl_results where campaign_id = metrics.campaign_id)::int as recounted
      from campaign_metrics metrics
      where campaign_id = (select campaign_id from campaign_executions where id = ${executionId})`,
  );
  return differs("the campaign's pages", row?.counted, row?.recounted);
}

function sorted(record: object): unknown {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => a.localeCompare(b)));
}

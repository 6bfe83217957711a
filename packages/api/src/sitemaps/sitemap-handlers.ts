import { listSitemapComparison, listSitemaps, readExecution, readExecutionDetail } from '@outrider/db';
import { executionReport } from '@outrider/shared';
import type { Handlers } from '../app/route-request.js';

/** The sitemap files of an execution, and how what they name differs from what is linked. */
export const sitemapHandlers = {
  listSitemaps: (request) => {
    const { cursor: _, ...filters } = request.query;
    const executionId = request.params.id;
    return request.readList(async (tx, after) => {
      await readExecution(tx, executionId);
      return listSitemaps(tx, { executionId, after, ...filters });
    });
  },
  compareSitemaps: async (request) => {
    const { limit, set } = request.query;
    const executionId = request.params.id;
    const { resultSummary } = await request.read((tx) => readExecutionDetail(tx, executionId));
    const { body } = await request.readList((tx, after) =>
      listSitemapComparison(tx, { executionId, set, limit, after }),
    );
    const report = executionReport.pick({ sitemaps: true }).safeParse(resultSummary);
    return { body: { ...body, totals: report.data?.sitemaps ?? null } };
  },
} as const satisfies Partial<Handlers>;

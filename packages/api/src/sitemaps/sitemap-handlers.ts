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
    let final = false;
    const { body } = await request.readList(async (tx, after) => {
      const { slice, isFinal } = await listSitemapComparison(tx, { executionId, set, limit, after });
      final = isFinal;
      return slice;
    });
    const report = executionReport.pick({ sitemaps: true }).safeParse(resultSummary);
    return { body: { ...body, final, totals: report.data?.sitemaps ?? null } };
  },
} as const satisfies Partial<Handlers>;

import { listPages, readExecution } from '@outrider/db';
import { page } from '@outrider/shared';
import type { Handlers, StreamReply } from '../app/route-request.js';
import { writeExport } from './write-export.js';

const PAGES_PER_PART = 1_000;
/** The columns of a page, as the contract has them. */
const PAGE_COLUMNS = page.keyof().options;

/** Lists as files. */
export const exportHandlers = {
  exportPages: async ({ params, query, caller, services }): Promise<StreamReply> => {
    const { format, ...filters } = query;
    const executionId = params.id;
    const read = <T>(work: Parameters<typeof services.database.withTenant<T>>[1]): Promise<T> =>
      services.database.withTenant(caller.tenantId, work, { readOnly: true });
    const { number } = await read((tx) => readExecution(tx, executionId));
    return {
      stream: (request, response) =>
        writeExport(
          {
            format,
            fileName: `execution-${number}-pages`,
            columns: PAGE_COLUMNS,
            readPart: (after) =>
              read((tx) => listPages(tx, { executionId, limit: PAGES_PER_PART, after, ...filters })),
          },
          request,
          response,
        ),
    };
  },
} as const satisfies Partial<Handlers>;

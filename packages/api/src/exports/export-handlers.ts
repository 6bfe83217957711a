import {
  listDiscoveredUrls,
  listErrors,
  listPages,
  type Place,
  readExecution,
  type Slice,
  type Tx,
} from '@outrider/db';
import { campaignError, discoveredUrl, type Execution, page } from '@outrider/shared';
import type { Handlers, RouteRequest, StreamReply } from '../app/route-request.js';
import { type ExportedList, type ExportedRow, writeExport } from './write-export.js';

const ROWS_PER_PART = 1_000;
// The columns of each list, as the contract has them.
const PAGE_COLUMNS = page.keyof().options;
const ERROR_COLUMNS = campaignError.keyof().options;
const DISCOVERED_COLUMNS = discoveredUrl.keyof().options;

interface ExecutionList<T> extends Pick<ExportedList<T>, 'format' | 'columns'> {
  /** What it is a list of, for the name of the file. */
  readonly what: string;
  readonly readPart: (tx: Tx, execution: Execution, after: Place | null) => Promise<Slice<T>>;
}

type ExportRequest = Pick<RouteRequest<'exportPages'>, 'params' | 'caller' | 'services'>;

/** Lists as files. */
export const exportHandlers = {
  exportPages: (request) => {
    const { format, ...filters } = request.query;
    return exportList(request, {
      ...{ format, what: 'pages', columns: PAGE_COLUMNS },
      readPart: (tx, { id: executionId }, after) =>
        listPages(tx, { executionId, limit: ROWS_PER_PART, after, ...filters }),
    });
  },
  exportErrors: (request) => {
    const { format, ...filters } = request.query;
    return exportList(request, {
      ...{ format, what: 'errors', columns: ERROR_COLUMNS },
      readPart: (tx, { id: executionId, campaignId }, after) =>
        listErrors(tx, { campaignId, executionId, limit: ROWS_PER_PART, after, ...filters }),
    });
  },
  exportDiscoveredUrls: (request) => {
    const { format, ...filters } = request.query;
    return exportList(request, {
      ...{ format, what: 'discovered-urls', columns: DISCOVERED_COLUMNS },
      readPart: (tx, { id: executionId }, after) =>
        listDiscoveredUrls(tx, { executionId, limit: ROWS_PER_PART, after, ...filters }),
    });
  },
} as const satisfies Partial<Handlers>;

/** A list of an execution's records as a file; each part is read in a transaction of its own. Throws `not_found`. */
async function exportList<T extends ExportedRow>(
  { params, caller, services }: ExportRequest,
  { format, what, columns, readPart }: ExecutionList<T>,
): Promise<StreamReply> {
  const read = <R>(work: (tx: Tx) => Promise<R>): Promise<R> =>
    services.database.withTenant(caller.tenantId, work, { readOnly: true });
  const execution = await read((tx) => readExecution(tx, params.id));
  const fileName = `execution-${execution.number}-${what}`;
  return {
    stream: (request, response) =>
      writeExport(
        { format, fileName, columns, readPart: (after) => read((tx) => readPart(tx, execution, after)) },
        request,
        response,
      ),
  };
}

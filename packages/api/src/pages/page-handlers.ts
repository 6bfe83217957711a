import { listPageLinks, listPages, readExecution, readPage, readScreenshot } from '@outrider/db';
import type { Handlers } from '../app/route-request.js';

/** What was fetched, and the links between. */
export const pageHandlers = {
  listPages: (request) => {
    const { cursor: _, ...filters } = request.query;
    const executionId = request.params.id;
    return request.readList(async (tx, after) => {
      await readExecution(tx, executionId);
      return listPages(tx, { executionId, after, ...filters });
    });
  },
  getPage: async (request) => {
    const { id, key } = request.params;
    return { body: await request.read((tx) => readPage(tx, id, key)) };
  },
  getPageScreenshot: async (request) => {
    const { id, key } = request.params;
    return { body: (await request.read((tx) => readScreenshot(tx, id, key))).bytes };
  },
  listPageLinks: (request) => {
    const { id: executionId, key: urlKey } = request.params;
    const { direction, limit, linkType } = request.query;
    return request.readList((tx, after) =>
      listPageLinks(tx, { executionId, urlKey, direction, limit, after, linkType }),
    );
  },
} as const satisfies Partial<Handlers>;

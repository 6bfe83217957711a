import { z } from 'zod';
import { SKIP_REASON_NAMES } from '../execution/skip-reasons.js';
import { key } from './fields.js';

// What became of pages from one execution of a campaign to another.

/** new: only the later one has it; gone: only the earlier one has it; changed: both have it, and some field differs. */
export const PAGE_CHANGE_KINDS = ['new', 'gone', 'changed'] as const;
export type PageChangeKind = (typeof PAGE_CHANGE_KINDS)[number];

/** What is compared of a page that both have. `text` is its main text, without what frames it on every page. */
export const CHANGED_FIELDS = [
  'status',
  'redirect',
  'title',
  'description',
  'h1',
  'canonical',
  'indexability',
  'text',
] as const;
export type ChangedField = (typeof CHANGED_FIELDS)[number];

const TARGET_STANDINGS = ['pending', 'leased', 'fetched', 'failed', 'skipped'] as const;

const pageSide = z
  .strictObject({
    statusCode: z.int(),
    redirectUrl: z.string().nullable(),
    title: z.string().nullable(),
    description: z.string().nullable(),
    h1: z.string().nullable(),
    canonicalUrl: z.string().nullable(),
    indexable: z.boolean(),
    indexabilityReason: z.string().nullable(),
  })
  .meta({ id: 'ComparedPage' });
export type ComparedPage = z.infer<typeof pageSide>;

export const pageChange = z
  .strictObject({
    urlKey: key,
    url: z.string(),
    kind: z.enum(PAGE_CHANGE_KINDS),
    /** What differs; empty unless it is changed. */
    fields: z.array(z.enum(CHANGED_FIELDS)),
    before: pageSide.nullable(),
    after: pageSide.nullable(),
    /**
     * How the URL stands in the execution that has no page of it: it failed, was skipped, or is yet to come. Null where that
     * execution never met it, and for a changed page.
     */
    instead: z
      .strictObject({
        state: z.enum(TARGET_STANDINGS),
        failureCode: z.string().nullable(),
        skipReason: z.enum(SKIP_REASON_NAMES).nullable(),
      })
      .nullable(),
  })
  .meta({ id: 'PageChange' });
export type PageChange = z.infer<typeof pageChange>;

import type { ChangedField, ComparedPage, PageChange } from '@outrider/shared';
import { shortened } from '../display/printable.js';

const VALUE_WIDTH = 50;

/** What a page was and is, for a line of a table: of a changed one each field that differs. */
export function describeChange({ kind, fields, before, after, instead }: PageChange): string {
  switch (kind) {
    case 'new':
      return after === null ? '' : pageText(after);
    case 'gone': {
      const was = before === null ? '' : `was ${pageText(before)}`;
      return instead === null ? `${was}; not found any more` : `${was}; now ${standingText(instead)}`;
    }
    case 'changed':
      return before === null || after === null ? '' : differences(fields, before, after);
  }
}

function differences(fields: readonly ChangedField[], before: ComparedPage, after: ComparedPage): string {
  return fields
    .flatMap((field) => {
      // Of texts only their difference is known.
      if (field === 'text') return [];
      return [`${field} ${fieldText(field, before)} -> ${fieldText(field, after)}`];
    })
    .join('; ');
}

function fieldText(field: Exclude<ChangedField, 'text'>, page: ComparedPage): string {
  switch (field) {
    case 'status':
      return String(page.statusCode);
    case 'redirect':
      return quoted(page.redirectUrl);
    case 'title':
      return quoted(page.title);
    case 'description':
      return quoted(page.description);
    case 'h1':
      return quoted(page.h1);
    case 'canonical':
      return quoted(page.canonicalUrl);
    case 'indexability':
      return page.indexable ? 'indexable' : (page.indexabilityReason ?? 'not indexable');
  }
}

function quoted(value: string | null): string {
  return value === null ? 'none' : `"${shortened(value, VALUE_WIDTH)}"`;
}

function pageText({ statusCode, title }: ComparedPage): string {
  return title === null ? String(statusCode) : `${statusCode} ${quoted(title)}`;
}

function standingText({ state, failureCode, skipReason }: NonNullable<PageChange['instead']>): string {
  const why = failureCode ?? skipReason;
  return why === null ? state : `${state}: ${why}`;
}

import type { SkipReason } from '@outrider/shared/contract';
import { linkOptions } from '@tanstack/react-router';
import type { Outcome } from './coverage-shares.js';

/** Where the URLs of an outcome, or of one part of it, are listed. */
export function listLinkOf(executionId: string, outcome: Outcome, part?: string) {
  const params = { id: executionId };
  switch (outcome) {
    case 'fetched':
      return linkOptions({
        to: '/executions/$id/urls',
        params,
        search: part === undefined ? {} : { status: part },
      });
    case 'failed':
      if (part === undefined)
        return linkOptions({
          to: '/executions/$id/discovered',
          params,
          search: { state: 'failed' as const },
        });
      return linkOptions({ to: '/executions/$id/errors', params, search: { code: part } });
    case 'skipped':
      return linkOptions({
        to: '/executions/$id/discovered',
        params,
        // The receipt names its parts by the catalogue of reasons.
        search: part === undefined ? { state: 'skipped' as const } : { skipReason: part as SkipReason },
      });
    case 'pending':
      return linkOptions({ to: '/executions/$id/discovered', params, search: { state: 'pending' as const } });
  }
}

import { Button, SegmentedControl } from '@mantine/core';
import {
  CRAWL_ERROR_TYPES,
  type CrawlErrorType,
  ROUTES,
  SEVERITIES,
  type Severity,
} from '@outrider/shared/contract';
import { requestTarget } from '../client/request-target.js';
import { useChange } from '../client/use-change.js';
import { ExportChoice } from '../display/export-choice.js';
import { FilterBar } from '../display/filter-bar.js';
import { ChoiceFilter, TextFilter } from '../display/list-filters.js';

/** What the address says of the errors that are shown. */
export interface ErrorSearch {
  readonly view?: 'groups' | 'each' | undefined;
  readonly type?: CrawlErrorType | undefined;
  readonly severity?: Severity | undefined;
  readonly code?: string | undefined;
  readonly host?: string | undefined;
  readonly hostless?: boolean | undefined;
  readonly resolved?: boolean | undefined;
  readonly q?: string | undefined;
}

const NO_GROUP = { type: undefined, code: undefined, host: undefined, hostless: undefined, q: undefined };

/** The filters of the address, as the API has them. */
export function errorFiltersOf({ type, severity, code, host, hostless, resolved, q }: ErrorSearch) {
  return {
    ...{ errorType: type, severity, errorCode: code, host, withoutHost: hostless, resolved },
    urlContains: q,
  };
}

interface ErrorFiltersProps {
  readonly executionId: string;
  readonly search: ErrorSearch;
}

/** Whether errors are shown in groups, and which of them; they leave one by one. */
export function ErrorFilters({ executionId: id, search }: ErrorFiltersProps) {
  const change = useChange<ErrorSearch>();
  const { view = 'groups', host, hostless } = search;
  const shown = { true: 'resolved', false: 'open' }[String(search.resolved)] ?? 'all';
  return (
    <FilterBar
      actions={
        <ExportChoice
          targetOf={(format) =>
            requestTarget(ROUTES.exportErrors, { id }, { ...errorFiltersOf(search), format })
          }
        />
      }
    >
      <SegmentedControl
        aria-label="How errors are shown"
        data={[
          { value: 'groups', label: 'In groups' },
          { value: 'each', label: 'One by one' },
        ]}
        value={view}
        onChange={(value) => change(value === 'each' ? { view: 'each' } : { view: undefined, ...NO_GROUP })}
      />
      <SegmentedControl
        aria-label="Which errors"
        data={[
          { value: 'all', label: 'All' },
          { value: 'open', label: 'Open' },
          { value: 'resolved', label: 'Resolved' },
        ]}
        value={shown}
        onChange={(value) => change({ resolved: { open: false, resolved: true }[value] })}
      />
      {view === 'each' ? (
        <TextFilter label="URL contains" value={search.q} onChange={(q) => change({ q })} />
      ) : null}
      <ChoiceFilter
        label="Type"
        values={CRAWL_ERROR_TYPES}
        value={search.type}
        onChange={(type) => change({ type })}
        width={140}
      />
      <ChoiceFilter
        label="Severity"
        values={SEVERITIES}
        value={search.severity}
        onChange={(severity) => change({ severity })}
        width={130}
      />
      <TextFilter label="Code" value={search.code} onChange={(code) => change({ code })} />
      {host === undefined && hostless !== true ? null : (
        <Button variant="light" onClick={() => change({ host: undefined, hostless: undefined })}>
          {host === undefined ? 'Of no host: show all' : `On ${host}: show all`}
        </Button>
      )}
    </FilterBar>
  );
}

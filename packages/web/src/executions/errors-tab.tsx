import { Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Shown } from '../display/notes.js';
import { ErrorFilters } from './error-filters.js';
import { ErrorGroups } from './error-groups.js';
import { ErrorList } from './error-list.js';
import { executionQuery } from './execution-layout.js';

const route = getRouteApi('/inside/executions/$id/errors');

/** What went wrong in an execution, to be worked through: in groups at first, and one by one. */
export function ErrorsTab() {
  const { id } = route.useParams();
  const search = route.useSearch();
  const execution = useQuery(executionQuery(id));
  return (
    <Stack gap="sm">
      <ErrorFilters executionId={id} search={search} />
      {search.view === 'each' ? (
        <Shown query={execution}>
          {({ campaignId }) => <ErrorList campaignId={campaignId} executionId={id} search={search} />}
        </Shown>
      ) : (
        <ErrorGroups executionId={id} search={search} />
      )}
    </Stack>
  );
}

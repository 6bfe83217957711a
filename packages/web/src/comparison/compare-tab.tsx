import { Group, MultiSelect, Stack, Text } from '@mantine/core';
import { type Execution, MOST_COMPARED } from '@outrider/shared/contract';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { listQuery, routeQuery } from '../client/queries.js';
import { formatMoment, inWords } from '../display/format.js';
import { ButtonLink, TextLink } from '../display/links.js';
import { Moment } from '../display/moment.js';
import { EmptyNote, Shown } from '../display/notes.js';
import { FigureCharts } from './figure-charts.js';
import { FigureTable } from './figure-table.js';
import { idsOf } from './ids-of.js';

const route = getRouteApi('/inside/campaigns/$id/compare');
/** Executions one chooses from. */
const CHOICE = 200;
/** Executions compared unless the address names others: the last ones, the oldest of them first. */
const AT_FIRST = 3;

/** Several executions of a campaign side by side. */
export function CompareTab() {
  const { id } = route.useParams();
  const { ids: text } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useInfiniteQuery(listQuery('listExecutions', { params: { id }, query: { limit: CHOICE } }));
  return (
    <Shown query={query}>
      {({ pages }) => {
        const executions = pages.flatMap(({ items }) => items);
        if (executions.length < 2) {
          return (
            <EmptyNote title="There is nothing to compare yet">
              From its second execution on, this page shows what became of the first one’s figures.
            </EmptyNote>
          );
        }
        const ids = text === undefined ? lastOf(executions) : idsOf(text);
        return (
          <Stack>
            <Choice
              executions={executions}
              ids={ids}
              onChange={(chosen) => {
                navigate({ search: { ids: chosen.join(',') }, replace: true }).catch(() => undefined);
              }}
            />
            {ids.length < 2 ? (
              <EmptyNote title="Choose two executions or more">
                The first one is what the others are compared with.
              </EmptyNote>
            ) : (
              <Comparison ids={ids} />
            )}
          </Stack>
        );
      }}
    </Shown>
  );
}

function lastOf(executions: readonly Execution[]): string[] {
  return executions
    .slice(0, AT_FIRST)
    .map(({ id }) => id)
    .reverse();
}

interface ChoiceProps {
  readonly executions: readonly Execution[];
  readonly ids: readonly string[];
  readonly onChange: (ids: readonly string[]) => void;
}

function Choice({ executions, ids, onChange }: ChoiceProps) {
  const data = executions.map(({ id, number, status, createdAt }) => ({
    value: id,
    label: `#${number}, ${inWords(status)}, ${formatMoment(createdAt)}`,
  }));
  const listed = new Set(data.map(({ value }) => value));
  return (
    <MultiSelect
      label="Executions"
      description="Each is compared with the first"
      data={[...data, ...ids.filter((id) => !listed.has(id)).map((id) => ({ value: id, label: id }))]}
      value={[...ids]}
      onChange={onChange}
      searchable
      hidePickedOptions
      maxValues={MOST_COMPARED}
      nothingFoundMessage="No execution is like that"
      maw={760}
    />
  );
}

function Comparison({ ids }: { readonly ids: readonly string[] }) {
  const query = useQuery(routeQuery('compareExecutions', { query: { ids: ids.join(',') } }));
  return (
    <Shown query={query}>
      {({ items }) => {
        const sides = items.map((item) => ({
          ...item,
          key: item.executionId,
          head: (
            <TextLink to="/executions/$id" params={{ id: item.executionId }}>
              #{item.number}
            </TextLink>
          ),
        }));
        const [first, last] = [items[0], items.at(-1)];
        const estimated = items.filter(({ basis }) => basis === 'sample').map(({ number }) => `#${number}`);
        return (
          <Stack>
            <Group justify="space-between">
              <Text size="sm" c="dimmed">
                {items.map(({ number, startedAt }, place) => (
                  <span key={number}>
                    {place === 0 ? '' : ', '}#{number} <Moment at={startedAt} />
                  </span>
                ))}
                {estimated.length === 0
                  ? ''
                  : `. ${estimated.join(', ')} from a sample, since it has not ended`}
              </Text>
              {first === undefined || last === undefined ? null : (
                <ButtonLink
                  to="/executions/$id/changes"
                  params={{ id: last.executionId }}
                  search={{ since: first.executionId }}
                  variant="default"
                  size="compact-md"
                >
                  Pages that changed from #{first.number} to #{last.number}
                </ButtonLink>
              )}
            </Group>
            <FigureCharts sides={sides} />
            <FigureTable label="Figures of the executions" sides={sides} />
          </Stack>
        );
      }}
    </Shown>
  );
}

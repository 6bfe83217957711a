import { Alert, Button, Group, Paper, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import type { Explanation } from '@outrider/shared/contract';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type FormEvent, useEffect, useState } from 'react';
import { routeQuery } from '../client/queries.js';
import { ExternalUrl } from '../display/external-url.js';
import { formatMoment } from '../display/format.js';
import { TextLink } from '../display/links.js';
import { Shown } from '../display/notes.js';
import { HeadedTable } from '../display/scroll-table.js';
import { StateBadge, StatusCode } from '../display/state-badge.js';

const route = getRouteApi('/inside/executions/$id/explain');

/** Why a URL was fetched, skipped, failed, or never seen. */
export function ExplainTab() {
  const { id } = route.useParams();
  const { url } = route.useSearch();
  const navigate = route.useNavigate();
  const [text, setText] = useState(url ?? '');
  useEffect(() => setText(url ?? ''), [url]);
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    navigate({ search: { url: text.trim() } }).catch(() => undefined);
  };
  return (
    <Stack maw={980}>
      <form onSubmit={onSubmit}>
        <Group align="end" gap="sm">
          <TextInput
            label="Which URL?"
            placeholder="https://example.org/page"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            classNames={{ input: 'url' }}
            style={{ flexGrow: 1 }}
          />
          <Button type="submit" disabled={text.trim() === ''}>
            Explain
          </Button>
        </Group>
      </form>
      {url === undefined ? (
        <Text c="dimmed">Any URL has an answer here, also one that the execution never met.</Text>
      ) : (
        <ExplanationOf executionId={id} url={url} />
      )}
    </Stack>
  );
}

/** The explanation of a URL: the sentence, the rules, the way to it, the tries. */
export function ExplanationOf({ executionId, url }: { readonly executionId: string; readonly url: string }) {
  const query = useQuery(routeQuery('explainUrl', { params: { id: executionId }, query: { url } }));
  return <Shown query={query}>{(explanation) => <ShownExplanation explanation={explanation} />}</Shown>;
}

function ShownExplanation({ explanation }: { readonly explanation: Explanation }) {
  const { executionId, url, urlKey, outcome, sentence, statusCode, attemptLog } = explanation;
  return (
    <Stack>
      <Alert variant="light" color={outcome === 'failed' ? 'red' : 'trail'} title={sentence}>
        <Group gap="sm">
          <StateBadge state={outcome} />
          {statusCode === null ? null : (
            <>
              <StatusCode status={statusCode} />
              <TextLink to="/executions/$id/urls/$key" params={{ id: executionId, key: urlKey }}>
                What was recorded of it
              </TextLink>
            </>
          )}
          <ExternalUrl url={url} />
        </Group>
      </Alert>
      <Rules explanation={explanation} />
      <Way explanation={explanation} />
      {attemptLog.length === 0 ? null : (
        <Paper withBorder p="md">
          <Title order={2} mb="xs">
            Tries
          </Title>
          <HeadedTable label="Tries" minWidth={480} heads={['Try', 'At', 'Status', 'What went wrong']}>
            {attemptLog.map(({ attempt, at, statusCode: status, errorCode, message }) => (
              <Table.Tr key={`${attempt} ${at}`}>
                <Table.Td w={40}>{attempt}</Table.Td>
                <Table.Td>{formatMoment(at)}</Table.Td>
                <Table.Td>
                  <StatusCode status={status} />
                </Table.Td>
                <Table.Td>{message ?? errorCode}</Table.Td>
              </Table.Tr>
            ))}
          </HeadedTable>
        </Paper>
      )}
    </Stack>
  );
}

const MARKS = { passes: '✓', stops: '✕', unknown: '?' } as const;

function Rules({ explanation: { rules, decidedBy } }: { readonly explanation: Explanation }) {
  return (
    <Paper withBorder p="md">
      <Title order={2} mb="xs">
        Rules, in their order
      </Title>
      <HeadedTable label="Rules" minWidth={480} heads={['Rule', 'Verdict', 'Why']}>
        {rules.map(({ rule, verdict, detail }) => (
          <Table.Tr key={rule} fw={rule === decidedBy ? 650 : 400}>
            <Table.Td w={150}>{rule}</Table.Td>
            <Table.Td w={100}>
              <span aria-hidden="true">{MARKS[verdict]} </span>
              {verdict}
            </Table.Td>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>{detail}</Table.Td>
          </Table.Tr>
        ))}
      </HeadedTable>
    </Paper>
  );
}

function Way({ explanation: { executionId, path } }: { readonly explanation: Explanation }) {
  if (path.length === 0) return null;
  return (
    <Paper withBorder p="md">
      <Title order={2} mb="xs">
        How it was reached
      </Title>
      <Stack component="ol" gap={2} m={0} pl="md">
        {path.map(({ url, discoveryMethod }) => (
          <li key={url}>
            <TextLink
              to="/executions/$id/explain"
              params={{ id: executionId }}
              search={{ url }}
              className="url"
            >
              {url}
            </TextLink>{' '}
            <Text span size="xs" c="dimmed">
              by {discoveryMethod}
            </Text>
          </li>
        ))}
      </Stack>
    </Paper>
  );
}

import { Alert, Button, Group, NumberInput, SimpleGrid, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { sentenceOf } from '../client/api-problem.js';
import type { ApiResponse } from '../client/call-api.js';
import { routeQuery } from '../client/queries.js';
import { useCall } from '../client/use-call.js';
import { formatCount } from '../display/format.js';
import { Shown } from '../display/notes.js';
import { Stat } from '../display/stat.js';

const params = { id: 'me' };

/** What the tenant may use, and what it uses. */
export function Quotas() {
  const query = useQuery({ ...routeQuery('getTenantQuotas', { params }), refetchInterval: 10_000 });
  return (
    <Shown query={query}>
      {(quotas) => (
        <Stack maw={640}>
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <Stat
              label="Executions that run"
              value={formatCount(quotas.runningExecutions)}
              note={ofLimit(quotas.maxRunningExecutions)}
            />
            <Stat
              label="Pages today (UTC)"
              value={formatCount(quotas.pagesToday)}
              note={ofLimit(quotas.maxPagesPerDay)}
            />
          </SimpleGrid>
          <QuotaForm key={`${quotas.maxRunningExecutions} ${quotas.maxPagesPerDay}`} quotas={quotas} />
        </Stack>
      )}
    </Shown>
  );
}

const ofLimit = (limit: number | null): string => (limit === null ? 'no limit' : `of ${formatCount(limit)}`);

function QuotaForm({ quotas }: { readonly quotas: ApiResponse<'getTenantQuotas'> }) {
  const [executions, setExecutions] = useState<number | string>(quotas.maxRunningExecutions ?? '');
  const [pages, setPages] = useState<number | string>(quotas.maxPagesPerDay ?? '');
  const change = useCall('setTenantQuotas', {
    changes: ['getTenantQuotas'],
    quiet: true,
    said: () => 'Saved.',
  });
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    const limit = (value: number | string): number | null => (value === '' ? null : Number(value));
    change.mutate({
      params,
      body: { maxRunningExecutions: limit(executions), maxPagesPerDay: limit(pages) },
    });
  };
  return (
    <form onSubmit={onSubmit}>
      <Stack>
        {change.error === null ? null : (
          <Alert color="red" variant="light" role="alert">
            {sentenceOf(change.error)}
          </Alert>
        )}
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <NumberInput
            label="Executions at most"
            description="Empty: no limit"
            min={0}
            allowDecimal={false}
            value={executions}
            onChange={setExecutions}
          />
          <NumberInput
            label="Pages a day at most"
            description="Empty: no limit"
            min={0}
            allowDecimal={false}
            thousandSeparator=","
            value={pages}
            onChange={setPages}
          />
        </SimpleGrid>
        <Group>
          <Button type="submit" loading={change.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

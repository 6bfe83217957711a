import { Alert, Button, Group, Modal, Stack, Table, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type HostStatus, PACE_CAUSES } from '@outrider/shared/contract';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { sentenceOf } from '../client/api-problem.js';
import { routeQuery } from '../client/queries.js';
import { useCall } from '../client/use-call.js';
import { formatMilliseconds, formatMoment } from '../display/format.js';
import { TextLink } from '../display/links.js';
import { Shown } from '../display/notes.js';
import { HeadedTable } from '../display/scroll-table.js';
import { StateBadge } from '../display/state-badge.js';
import { useMay } from '../session/use-session.js';

/** The hosts that campaigns are on or have frozen: who is on them, at what pace and why. */
export function Hosts() {
  const query = useQuery({ ...routeQuery('listHosts', { query: { limit: 200 } }), refetchInterval: 3_000 });
  const mayOperate = useMay('operator');
  const [isOpen, dialog] = useDisclosure(false);
  return (
    <Stack gap="sm">
      {mayOperate ? (
        <Group>
          <Button variant="default" onClick={dialog.open}>
            Freeze a host
          </Button>
        </Group>
      ) : null}
      <Shown query={query} lines={3}>
        {({ items }) =>
          items.length === 0 ? (
            <Text c="dimmed">No campaign is on a host just now, and none is frozen.</Text>
          ) : (
            <HostTable hosts={items} />
          )
        }
      </Shown>
      <Modal opened={isOpen} onClose={dialog.close} title="Freeze a host">
        <FreezeForm onDone={dialog.close} />
      </Modal>
    </Stack>
  );
}

function HostTable({ hosts }: { readonly hosts: readonly HostStatus[] }) {
  return (
    <HeadedTable
      label="Hosts"
      minWidth={760}
      heads={['Host', 'Fetches', 'Pace', 'Answers in', 'Campaigns']}
      hasActions
    >
      {hosts.map((host) => (
        <HostRow key={host.host} host={host} />
      ))}
    </HeadedTable>
  );
}

function HostRow({ host }: { readonly host: HostStatus }) {
  const { freeze, permitsInUse, limit, paceMs, cause, until, reason, responseMs, baselineMs, lanes } = host;
  const mayOperate = useMay('operator');
  const release = useCall('releaseHost', {
    changes: ['listHosts', 'getHost'],
    said: () => `${host.host} is released.`,
  });
  const campaigns = new Map(lanes.map(({ campaignId, campaignName }) => [campaignId, campaignName]));
  return (
    <Table.Tr>
      <Table.Td fw={600}>{host.host}</Table.Td>
      <Table.Td>{limit === null ? permitsInUse : `${permitsInUse} of ${limit}`}</Table.Td>
      <Table.Td maw={280}>
        {freeze === null ? null : <StateBadge state="frozen" />}
        <Text size="sm">
          {paceMs > 0 ? `${formatMilliseconds(paceMs)} apart: ` : ''}
          {PACE_CAUSES[cause]}
          {until === null ? '' : `, until ${formatMoment(until)}`}
        </Text>
        {reason === null ? null : (
          <Text size="xs" c="dimmed">
            {reason}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        {formatMilliseconds(responseMs)}
        {baselineMs === null ? null : (
          <Text size="xs" c="dimmed">
            usually {formatMilliseconds(baselineMs)}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        {[...campaigns].map(([id, name]) => (
          <div key={id}>
            <TextLink to="/campaigns/$id" params={{ id }}>
              {name}
            </TextLink>
          </div>
        ))}
      </Table.Td>
      <Table.Td>
        {freeze !== null && mayOperate ? (
          <Button
            size="compact-sm"
            variant="default"
            loading={release.isPending}
            onClick={() => release.mutate({ params: { host: host.host } })}
          >
            Release
          </Button>
        ) : null}
      </Table.Td>
    </Table.Tr>
  );
}

function FreezeForm({ onDone }: { readonly onDone: () => void }) {
  const [host, setHost] = useState('');
  const [reason, setReason] = useState('');
  const freeze = useCall('freezeHost', {
    changes: ['listHosts', 'getHost'],
    quiet: true,
    said: (frozen) => `${frozen.host} is frozen.`,
    onDone,
  });
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    freeze.mutate({ params: { host: host.trim() }, body: { reason: reason.trim() } });
  };
  return (
    <form onSubmit={onSubmit}>
      <Stack>
        <Text c="dimmed" size="sm">
          All your campaigns stay away from it, at once and until it is released.
        </Text>
        {freeze.error === null ? null : (
          <Alert color="red" variant="light" role="alert">
            {sentenceOf(freeze.error)}
          </Alert>
        )}
        <TextInput
          label="Host"
          placeholder="example.org"
          required
          data-autofocus
          value={host}
          onChange={(event) => setHost(event.currentTarget.value)}
        />
        <TextInput
          label="Why"
          required
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Group>
          <Button
            type="submit"
            color="red"
            loading={freeze.isPending}
            disabled={host.trim() === '' || reason.trim() === ''}
          >
            Freeze it
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

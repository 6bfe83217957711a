import {
  Alert,
  Button,
  Code,
  CopyButton,
  Group,
  Modal,
  Select,
  Stack,
  Table,
  Text,
  TextInput,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { modals } from '@mantine/modals';
import { API_SCOPES, type ApiScope } from '@outrider/shared/contract';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { sentenceOf } from '../client/api-problem.js';
import { type ItemOf, routeQuery } from '../client/queries.js';
import { useCall } from '../client/use-call.js';
import { Moment } from '../display/moment.js';
import { Shown } from '../display/notes.js';
import { HeadedTable } from '../display/scroll-table.js';
import { StateBadge } from '../display/state-badge.js';
import { useSession } from '../session/use-session.js';

type Key = ItemOf<'listApiKeys'>;

/** The tenant's API keys. */
export function Keys() {
  const query = useQuery(routeQuery('listApiKeys', { query: { limit: 200 } }));
  const [isOpen, dialog] = useDisclosure(false);
  return (
    <Stack>
      <Group>
        <Button onClick={dialog.open}>New key</Button>
      </Group>
      <Shown query={query}>
        {({ items }) => (
          <HeadedTable
            label="API keys"
            minWidth={760}
            heads={['Key', 'State', 'May act as', 'Made', 'Last used', 'Expires']}
            hasActions
          >
            {items.map((key) => (
              <KeyRow key={key.id} apiKey={key} />
            ))}
          </HeadedTable>
        )}
      </Shown>
      <Modal opened={isOpen} onClose={dialog.close} title="New key">
        <NewKey onDone={dialog.close} />
      </Modal>
    </Stack>
  );
}

function stateOf({ revokedAt, expiresAt }: Key): string {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && Date.parse(expiresAt) <= Date.now() ? 'expired' : 'active';
}

function KeyRow({ apiKey }: { readonly apiKey: Key }) {
  const { id, name, prefix, lastFour, scope, createdAt, lastUsedAt, expiresAt } = apiKey;
  const isOwn = useSession()?.keyId === id;
  const revoke = useCall('revokeApiKey', { changes: ['listApiKeys'], said: () => `${name} is revoked.` });
  const ask = (): void => {
    modals.openConfirmModal({
      title: `Revoke ${name}?`,
      children: (
        <Text>
          Whoever uses it is refused at once, and its sessions end.
          {isOwn ? ' You are signed in with it: this page will ask you to sign in again.' : ''}
        </Text>
      ),
      labels: { confirm: 'Revoke it', cancel: 'Keep it' },
      confirmProps: { color: 'red' },
      onConfirm: () => revoke.mutate({ params: { id } }),
    });
  };
  return (
    <Table.Tr>
      <Table.Td>
        <Text fw={600}>
          {name}
          {isOwn ? ' (yours)' : ''}
        </Text>
        <span className="url">
          {prefix}…{lastFour}
        </span>
      </Table.Td>
      <Table.Td>
        <StateBadge state={stateOf(apiKey)} />
      </Table.Td>
      <Table.Td>{scope}</Table.Td>
      <Table.Td>
        <Moment at={createdAt} />
      </Table.Td>
      <Table.Td>
        <Moment at={lastUsedAt} />
      </Table.Td>
      <Table.Td>
        <Moment at={expiresAt} />
      </Table.Td>
      <Table.Td>
        {stateOf(apiKey) === 'active' ? (
          <Button size="compact-sm" variant="outline" color="red" loading={revoke.isPending} onClick={ask}>
            Revoke
          </Button>
        ) : null}
      </Table.Td>
    </Table.Tr>
  );
}

function NewKey({ onDone }: { readonly onDone: () => void }) {
  const [name, setName] = useState('');
  const [scope, setScope] = useState<ApiScope>('viewer');
  const create = useCall('createApiKey', { changes: ['listApiKeys'], quiet: true });
  const key = create.data?.key ?? null;
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    create.mutate({ body: { name: name.trim(), scope } });
  };
  if (key !== null) {
    return (
      <Stack>
        <Alert color="teal" variant="light" title="Copy it now">
          It is shown this once and kept nowhere.
        </Alert>
        <Code block style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
          {key}
        </Code>
        <Group>
          <CopyButton value={key}>
            {({ copied, copy }) => <Button onClick={copy}>{copied ? 'Copied' : 'Copy'}</Button>}
          </CopyButton>
          <Button variant="default" onClick={onDone}>
            Done
          </Button>
        </Group>
      </Stack>
    );
  }
  return (
    <form onSubmit={onSubmit}>
      <Stack>
        {create.error === null ? null : (
          <Alert color="red" variant="light" role="alert">
            {sentenceOf(create.error)}
          </Alert>
        )}
        <TextInput
          label="Name"
          description="Who or what uses it"
          required
          maxLength={200}
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Select
          label="May act as"
          data={API_SCOPES.map((value) => ({ value, label: SCOPES[value] }))}
          value={scope}
          allowDeselect={false}
          onChange={(value) => setScope((value as ApiScope | null) ?? 'viewer')}
        />
        <Group>
          <Button type="submit" loading={create.isPending} disabled={name.trim() === ''}>
            Make the key
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

const SCOPES: Readonly<Record<ApiScope, string>> = {
  viewer: 'viewer: may look',
  operator: 'operator: may also make and run campaigns',
  admin: 'admin: may also delete, and manage keys and quotas',
};

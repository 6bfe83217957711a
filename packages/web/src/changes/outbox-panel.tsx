import { Alert, Button, Group, Modal, Paper, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useRouter } from '@tanstack/react-router';
import { WaitingIcon } from '../display/icons.js';
import { Moment } from '../display/moment.js';
import { outbox } from './browser-outbox.js';
import { type KeptChange, subjectOf } from './kept-change.js';
import { useKeptChanges } from './use-outbox.js';

/** How many changes wait to be sent, while there are any, and what can be done about them. */
export function OutboxButton() {
  const changes = useKeptChanges();
  const [isOpen, panel] = useDisclosure(false);
  const refused = changes.filter(({ refusal }) => refusal !== null).length;
  if (!isOpen && changes.every(({ id }) => outbox.isAwaited(id))) return null;
  const words = refused > 0 ? `${refused} not taken` : `${changes.length} waiting`;
  return (
    <>
      <Button
        size="compact-sm"
        variant="light"
        color={refused > 0 ? 'red' : 'orange'}
        leftSection={<WaitingIcon />}
        onClick={panel.open}
        aria-label={`Changes: ${words}`}
        miw="max-content"
      >
        <Text span inherit hiddenFrom="sm">
          {refused > 0 ? refused : changes.length}
        </Text>
        <Text span inherit visibleFrom="sm">
          {words}
        </Text>
      </Button>
      <Modal opened={isOpen} onClose={panel.close} title="Changes that were not carried out yet" size="lg">
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            They are kept in this browser and sent in this order, each once, as soon as the platform answers.
          </Text>
          {changes.map((change) => (
            <Change key={change.id} change={change} isHeld={isHeldBack(change, changes)} onGo={panel.close} />
          ))}
          {changes.length === 0 ? <Text>All were sent.</Text> : null}
        </Stack>
      </Modal>
    </>
  );
}

/** Whether it waits for a decision on one before it, of the same thing. */
function isHeldBack(change: KeptChange, changes: readonly KeptChange[]): boolean {
  const before = changes.slice(0, changes.indexOf(change));
  return before.some((other) => other.refusal !== null && subjectOf(other) === subjectOf(change));
}

interface ChangeProps {
  readonly change: KeptChange;
  readonly isHeld: boolean;
  readonly onGo: () => void;
}

function Change({ change, isHeld, onGo }: ChangeProps) {
  const { id, words, href, madeAt, refusal, revision } = change;
  const router = useRouter();
  const open = (): void => {
    onGo();
    router.history.push(href);
  };
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between" gap="xs">
        <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
          {words}
        </Text>
        <Text size="sm" c="dimmed" component="div">
          asked for <Moment at={new Date(madeAt).toISOString()} />
        </Text>
      </Group>
      {refusal === null ? (
        <Text size="sm" c="dimmed">
          {isHeld ? 'Waits for a decision on the one before it.' : 'Waits for the platform.'}
        </Text>
      ) : (
        <Alert color="red" variant="light" title="The platform did not take it" my="xs">
          {refusal.detail}
        </Alert>
      )}
      <Group gap="xs" mt="xs">
        {refusal === null ? null : (
          <>
            <Button size="xs" variant="default" onClick={open}>
              Open the page
            </Button>
            <Button size="xs" variant="default" onClick={() => outbox.sendAnyway(id)}>
              {revision === null ? 'Send it again' : 'Send it all the same'}
            </Button>
          </>
        )}
        <Button size="xs" variant="outline" color="red" onClick={() => outbox.discard(id)}>
          Discard
        </Button>
      </Group>
    </Paper>
  );
}

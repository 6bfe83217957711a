import { Badge, Tooltip } from '@mantine/core';
import { type ConnectionState, useConnection } from './connection.js';

const WORDS: Readonly<Record<ConnectionState, { label: string; color: string; meaning: string }>> = {
  idle: {
    label: 'Connected',
    color: 'gray',
    meaning: 'The platform answers. This page is read now and then.',
  },
  live: { label: 'Live', color: 'teal', meaning: 'Changes arrive as they happen.' },
  polling: { label: 'Live', color: 'teal', meaning: 'Changes are asked for every second.' },
  reconnecting: {
    label: 'Reconnecting',
    color: 'orange',
    meaning:
      'The platform does not answer. What you see is as of the last answer; nothing that happens meanwhile is lost.',
  },
  offline: {
    label: 'Offline',
    color: 'red',
    meaning: 'This computer has no network. What you see is as of before.',
  },
};

/** Whether what the page shows is true at this moment. */
export function ConnectionIndicator() {
  const state = useConnection();
  const { label, color, meaning } = WORDS[state];
  return (
    <Tooltip label={meaning} multiline w={260}>
      <Badge
        variant="outline"
        color={color}
        size="md"
        radius="sm"
        role="status"
        tabIndex={0}
        miw="max-content"
      >
        <Text state={state} label={label} />
      </Badge>
    </Tooltip>
  );
}

/** Shape and word differ with the state, not its colour alone. */
function Text({ state, label }: { readonly state: ConnectionState; readonly label: string }) {
  const mark = { idle: '○', live: '●', polling: '●', reconnecting: '◌', offline: '✕' }[state];
  return (
    <>
      <span aria-hidden="true">{mark} </span>
      {label}
    </>
  );
}

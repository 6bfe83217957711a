import { Modal, ScrollArea, Stack, Text, TextInput, UnstyledButton } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { type KeyboardEvent, useEffect, useId, useState } from 'react';
import { routeQuery } from '../client/queries.js';

interface Destination {
  readonly label: string;
  readonly note: string;
  readonly href: string;
}

const PAGES: readonly Destination[] = [
  { label: 'Campaigns', note: 'Page', href: '/campaigns' },
  { label: 'New campaign', note: 'Action', href: '/campaigns/new' },
  { label: 'Schedules', note: 'Page', href: '/schedules' },
  { label: 'Fleet', note: 'Page', href: '/fleet' },
  { label: 'API keys', note: 'Settings', href: '/settings?part=keys' },
  { label: 'Quotas', note: 'Settings', href: '/settings?part=quotas' },
  { label: 'Audit log', note: 'Settings', href: '/settings?part=audit' },
];

interface CommandPaletteProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Goes to a page or a campaign by a few letters of its name. */
export function CommandPalette({ isOpen, onClose }: CommandPaletteProps) {
  return (
    <Modal opened={isOpen} onClose={onClose} title="Go to" size="md" yOffset="12vh">
      <Palette onClose={onClose} />
    </Modal>
  );
}

function Palette({ onClose }: Pick<CommandPaletteProps, 'onClose'>) {
  const router = useRouter();
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  const destinations = useDestinations(text);
  const listId = useId();
  const idOf = (place: number): string => `${listId}-${place}`;
  // Of another text the list may be shorter before the first of it is chosen.
  const marked = Math.min(chosen, destinations.length - 1);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another text, another list, of which the first is chosen.
  useEffect(() => setChosen(0), [text]);
  useEffect(() => {
    document.getElementById(`${listId}-${marked}`)?.scrollIntoView({ block: 'nearest' });
  }, [listId, marked]);
  const go = ({ href }: Destination): void => {
    onClose();
    router.history.push(href);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setChosen((now) => Math.min(destinations.length - 1, Math.max(0, now + step)));
    }
    const destination = destinations[marked];
    if (event.key === 'Enter' && destination !== undefined) go(destination);
  };
  return (
    <Stack gap="xs">
      <TextInput
        role="combobox"
        aria-label="Name of a page or a campaign"
        aria-expanded={destinations.length > 0}
        aria-controls={listId}
        aria-autocomplete="list"
        {...(destinations.length === 0 ? {} : { 'aria-activedescendant': idOf(marked) })}
        placeholder="Name of a page or a campaign"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        data-autofocus
      />
      <ScrollArea.Autosize mah={320}>
        <Stack gap={2} id={listId} role="listbox" aria-label="Pages and campaigns">
          {destinations.map((destination, place) => (
            <UnstyledButton
              key={destination.href}
              id={idOf(place)}
              role="option"
              aria-selected={place === marked}
              tabIndex={-1}
              p="xs"
              onClick={() => go(destination)}
              bg={place === marked ? 'var(--mantine-color-default-hover)' : 'transparent'}
              style={{ borderRadius: 4 }}
            >
              <Text span fw={place === marked ? 600 : 400}>
                {destination.label}
              </Text>
              <Text span size="xs" c="dimmed" ml="xs">
                {destination.note}
              </Text>
            </UnstyledButton>
          ))}
        </Stack>
      </ScrollArea.Autosize>
      <Text c="dimmed" role="status">
        {destinations.length === 0 ? 'Nothing has such a name.' : ''}
      </Text>
    </Stack>
  );
}

function useDestinations(text: string): readonly Destination[] {
  const [settled] = useDebouncedValue(text.trim(), 150);
  const { data } = useQuery(
    routeQuery('listCampaigns', { query: { limit: 8, nameContains: settled === '' ? undefined : settled } }),
  );
  const campaigns = (data?.items ?? []).map(({ id, name }) => ({
    label: name,
    note: 'Campaign',
    href: `/campaigns/${id}`,
  }));
  const pages = PAGES.filter(({ label }) => label.toLowerCase().includes(text.trim().toLowerCase()));
  return [...pages, ...campaigns];
}

import {
  ActionIcon,
  Anchor,
  AppShell,
  Box,
  Burger,
  Button,
  Group,
  Kbd,
  Menu,
  Text,
  Tooltip,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure, useHotkeys } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { Outlet, useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { OutboxButton } from '../changes/outbox-panel.js';
import { useOutboxDuties } from '../changes/use-outbox.js';
import { ApiProblem } from '../client/api-problem.js';
import {
  CampaignsIcon,
  FleetIcon,
  MoonIcon,
  PersonIcon,
  SchedulesIcon,
  SearchIcon,
  SettingsIcon,
  SunIcon,
} from '../display/icons.js';
import { NavItem } from '../display/links.js';
import { ConnectionIndicator } from '../live/connection-indicator.js';
import { NotificationSwitch } from '../live/notification-switch.js';
import { useCampaignCalls } from '../live/watch-campaigns.js';
import { useConnectionWatch } from '../live/watch-connection.js';
import { closeSession } from '../session/open-session.js';
import { useSession } from '../session/use-session.js';
import { CommandPalette } from './command-palette.js';
import { RefreshButton, useRefresh } from './refresh-button.js';
import { ShortcutList, useQuestionMark } from './shortcut-list.js';
import { useKeptFocus } from './use-kept-focus.js';

const CONTENT = 'content';

/** What stands around every page: where one can go, how the connection is, who is signed in. */
export function Shell() {
  const [isOpen, menu] = useDisclosure(false);
  const [isPaletteOpen, palette] = useDisclosure(false);
  const [isListOpen, list] = useDisclosure(false);
  const router = useRouter();
  const { refresh } = useRefresh();
  useHotkeys([
    ['mod+K', palette.open],
    ['/', palette.open],
    ['r', refresh],
    ['n', () => router.history.push('/campaigns/new')],
  ]);
  useQuestionMark(list.open);
  useLostSession();
  useConnectionWatch();
  useOutboxDuties();
  useCampaignCalls();
  useKeptFocus(CONTENT);
  return (
    <AppShell
      header={{ height: 48 }}
      navbar={{ width: 184, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding="md"
    >
      <Anchor href={`#${CONTENT}`} className="skip-link">
        Skip to the content
      </Anchor>
      <AppShell.Header px="md">
        <Group h="100%" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap" miw={0} style={{ overflow: 'hidden' }}>
            <Burger opened={isOpen} onClick={menu.toggle} hiddenFrom="sm" size="sm" aria-label="Navigation" />
            <Text fw={700} size="lg" visibleFrom="sm">
              Outrider
            </Text>
            <ConnectionIndicator />
            <OutboxButton />
          </Group>
          <Group gap="xs" wrap="nowrap" style={{ flexShrink: 0 }}>
            <Button
              variant="default"
              size="xs"
              leftSection={<SearchIcon />}
              rightSection={<Kbd size="xs">/</Kbd>}
              onClick={palette.open}
              visibleFrom="sm"
            >
              Go to
            </Button>
            <ActionIcon variant="default" size="lg" onClick={palette.open} hiddenFrom="sm" aria-label="Go to">
              <SearchIcon />
            </ActionIcon>
            <Box visibleFrom="sm">
              <RefreshButton />
            </Box>
            <ThemeSwitch />
            <Account onShortcuts={list.open} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Main">
        <NavItem to="/campaigns" label="Campaigns" leftSection={<CampaignsIcon />} onClick={menu.close} />
        <NavItem to="/schedules" label="Schedules" leftSection={<SchedulesIcon />} onClick={menu.close} />
        <NavItem to="/fleet" label="Fleet" leftSection={<FleetIcon />} onClick={menu.close} />
        <NavItem to="/settings" label="Settings" leftSection={<SettingsIcon />} onClick={menu.close} />
      </AppShell.Navbar>
      <AppShell.Main id={CONTENT} tabIndex={-1}>
        <Outlet />
      </AppShell.Main>
      <CommandPalette isOpen={isPaletteOpen} onClose={palette.close} />
      <ShortcutList isOpen={isListOpen} onClose={list.close} />
    </AppShell>
  );
}

function useOtherTheme() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const other = scheme === 'dark' ? 'light' : 'dark';
  return { scheme, other, change: () => setColorScheme(other) };
}

function ThemeSwitch() {
  const { scheme, other, change } = useOtherTheme();
  return (
    <Tooltip label={`Use the ${other} theme`}>
      <ActionIcon
        variant="default"
        size="lg"
        aria-label={`Use the ${other} theme`}
        onClick={change}
        visibleFrom="sm"
      >
        {scheme === 'dark' ? <SunIcon /> : <MoonIcon />}
      </ActionIcon>
    </Tooltip>
  );
}

function Account({ onShortcuts }: { readonly onShortcuts: () => void }) {
  const session = useSession();
  const cache = useQueryClient();
  const router = useRouter();
  const theme = useOtherTheme();
  const { refresh } = useRefresh();
  if (session === undefined) return null;
  const signOut = (): void => {
    closeSession(cache)
      .catch(() => undefined)
      .then(() => router.navigate({ to: '/sign-in' }))
      .catch(() => undefined);
  };
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon variant="default" size="lg" aria-label={`Signed in with ${session.keyName}`}>
          <PersonIcon />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          Signed in with the key “{session.keyName}”, which may act as {session.scope}
        </Menu.Label>
        <NotificationSwitch />
        <Menu.Item onClick={refresh} hiddenFrom="sm">
          Read the page anew
        </Menu.Item>
        <Menu.Item onClick={theme.change} hiddenFrom="sm">
          Use the {theme.other} theme
        </Menu.Item>
        <Menu.Item onClick={onShortcuts} rightSection={<Kbd size="xs">?</Kbd>}>
          Keyboard shortcuts
        </Menu.Item>
        <Menu.Item component="a" href="/docs">
          API reference
        </Menu.Item>
        <Menu.Item onClick={signOut}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** A session that ended while the page was open leads to where one signs in, and back. */
function useLostSession(): void {
  const cache = useQueryClient();
  const router = useRouter();
  useEffect(
    () =>
      cache.getQueryCache().subscribe(({ query }) => {
        const { error } = query.state;
        if (!(error instanceof ApiProblem) || error.status !== 401) return;
        const to = router.state.location.href;
        if (to.startsWith('/sign-in')) return;
        cache.clear();
        router.navigate({ to: '/sign-in', search: { to } }).catch(() => undefined);
      }),
    [cache, router],
  );
}

import { Kbd, Modal, Table } from '@mantine/core';
import { useEffect } from 'react';

/** What the keys do, wherever nothing is being typed. */
const SHORTCUTS = [
  { keys: ['?'], does: 'This list' },
  { keys: ['/', 'Ctrl K'], does: 'Go to a page or a campaign' },
  { keys: ['n'], does: 'Describe a new campaign' },
  { keys: ['r'], does: 'Read the page’s figures anew' },
  { keys: ['Tab'], does: 'The next thing that can be used; the first leads past the navigation' },
  { keys: ['↑', '↓'], does: 'Scroll a list that has the focus' },
  { keys: ['Esc'], does: 'Close what is open' },
] as const;

interface ShortcutListProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** The list of shortcuts. */
export function ShortcutList({ isOpen, onClose }: ShortcutListProps) {
  return (
    <Modal opened={isOpen} onClose={onClose} title="Keyboard shortcuts">
      <Table>
        <Table.Tbody>
          {SHORTCUTS.map(({ keys, does }) => (
            <Table.Tr key={does}>
              <Table.Td>
                {keys.map((key) => (
                  <Kbd key={key} mr={4}>
                    {key}
                  </Kbd>
                ))}
              </Table.Td>
              <Table.Td>{does}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}

/** Calls when `?` is pressed where nothing is being typed: by the character, since its key differs between keyboards. */
export function useQuestionMark(onPress: () => void): void {
  useEffect(() => {
    const onKey = ({ key, target, ctrlKey, metaKey, altKey }: KeyboardEvent): void => {
      if (key !== '?' || ctrlKey || metaKey || altKey) return;
      if (target instanceof Element && target.closest('input, textarea, select, [contenteditable]')) return;
      onPress();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [onPress]);
}

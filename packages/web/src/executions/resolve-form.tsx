import { Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useMay } from '../session/use-session.js';

/** What is noted when errors are resolved or opened again. Notes that are left empty stay as they were. */
export interface Resolution {
  readonly resolved: boolean;
  readonly resolutionNotes?: string;
}

interface ResolveFormProps {
  readonly resolved: boolean;
  readonly notes: string | null;
  /** What the button says that resolves. */
  readonly label: string;
  readonly isPending: boolean;
  readonly onResolve: (resolution: Resolution) => void;
}

/** Resolves, or opens again, with notes; to who may only look, the notes. */
export function ResolveForm({ resolved, notes: kept, label, isPending, onResolve }: ResolveFormProps) {
  const mayOperate = useMay('operator');
  const [notes, setNotes] = useState(kept ?? '');
  if (!mayOperate) return kept === null ? null : <Text>{kept}</Text>;
  const trimmed = notes.trim();
  const noted = trimmed === '' ? {} : { resolutionNotes: trimmed };
  return (
    <Stack>
      <Textarea
        label="Notes"
        autosize
        minRows={2}
        maxLength={5_000}
        value={notes}
        onChange={(event) => setNotes(event.currentTarget.value)}
      />
      <Group>
        <Button loading={isPending} onClick={() => onResolve({ resolved: !resolved, ...noted })}>
          {resolved ? 'Open again' : label}
        </Button>
      </Group>
    </Stack>
  );
}

import { TextInput } from '@mantine/core';
import type { ReactNode } from 'react';

interface MomentInputProps {
  readonly label: string;
  readonly required?: boolean;
  /** ISO 8601; empty for none. */
  readonly value?: string;
  readonly error?: ReactNode;
  readonly onChange: (value: string) => void;
}

/** A moment, entered by the clocks of the reader's own zone. */
export function MomentInput({ label, required = false, value = '', error, onChange }: MomentInputProps) {
  return (
    <TextInput
      type="datetime-local"
      label={label}
      required={required}
      value={value === '' ? '' : localInput(Date.parse(value))}
      error={error}
      onChange={(event) => onChange(isoOf(event.currentTarget.value))}
    />
  );
}

/** A moment as `<input type="datetime-local">` writes it. */
function localInput(at: number): string {
  const date = new Date(at);
  return new Date(at - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function isoOf(written: string): string {
  const at = Date.parse(written);
  return Number.isNaN(at) ? '' : new Date(at).toISOString();
}

import { Chip, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { inWords } from './format.js';

interface ChoiceFilterProps<T extends string> {
  readonly label: string;
  readonly values: readonly T[];
  readonly value: T | undefined;
  readonly onChange: (value: T | undefined) => void;
  readonly width?: number;
}

/** One of several values, or any. */
export function ChoiceFilter<T extends string>({
  label,
  values,
  value,
  onChange,
  width = 170,
}: ChoiceFilterProps<T>) {
  return (
    <Select
      aria-label={label}
      placeholder={label}
      data={values.map((name) => ({ value: name, label: inWords(name) }))}
      value={value ?? null}
      onChange={(chosen) => onChange((chosen as T | null) ?? undefined)}
      clearable
      clearButtonProps={{ 'aria-label': `Any: ${label}` }}
      w={width}
    />
  );
}

interface TextFilterProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
}

/** Text that is looked for, a moment after the last key. */
export function TextFilter({ label, value = '', onChange }: TextFilterProps) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const settle = useDebouncedCallback((wanted: string) => onChange(wanted === '' ? undefined : wanted), 300);
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={label}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        settle(event.currentTarget.value.trim());
      }}
      w={220}
    />
  );
}

interface FlagFilterProps {
  readonly label: string;
  readonly value: boolean | undefined;
  readonly onChange: (value: true | undefined) => void;
}

/** On, or no matter. */
export function FlagFilter({ label, value, onChange }: FlagFilterProps) {
  return (
    <Chip checked={value === true} onChange={(checked) => onChange(checked ? true : undefined)} radius="sm">
      {label}
    </Chip>
  );
}

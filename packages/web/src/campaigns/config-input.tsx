import { MultiSelect, NumberInput, Select, Switch, Textarea, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import type { ReactNode } from 'react';
import { formatCount } from '../display/format.js';
import type { ConfigField, NumberField } from './config-fields.js';
import { type CampaignFormValues, defaultInput } from './form-values.js';

interface ConfigInputProps {
  readonly form: UseFormReturnType<CampaignFormValues>;
  readonly field: ConfigField;
  readonly error: ReactNode;
}

/** The input of one setting, with what it does and its default. */
export function ConfigInput({ form, field, error }: ConfigInputProps) {
  const { path, label, kind } = field;
  const shown = { label, error, description: descriptionOf(field) };
  switch (kind) {
    case 'number':
      return <NumberInput {...numberProps(field)} {...form.getInputProps(path)} {...shown} />;
    case 'switch':
      return <Switch {...form.getInputProps(path, { type: 'checkbox' })} {...shown} />;
    case 'lines':
    case 'headers':
      return (
        <Textarea
          autosize
          minRows={2}
          maxRows={8}
          classNames={{ input: 'url' }}
          {...form.getInputProps(path)}
          {...shown}
        />
      );
    case 'text':
      return <TextInput {...form.getInputProps(path)} {...shown} />;
    case 'choice':
      return (
        <Select data={[...field.options]} allowDeselect={false} {...form.getInputProps(path)} {...shown} />
      );
    case 'several':
      return <MultiSelect data={[...field.options]} {...form.getInputProps(path)} {...shown} />;
  }
}

function numberProps({ min, max, unit, emptyMeans }: NumberField) {
  return {
    min,
    max,
    // What is out of bounds is said, not changed behind one's back.
    clampBehavior: 'none' as const,
    thousandSeparator: ',',
    ...(unit === undefined ? {} : { suffix: ` ${unit}` }),
    ...(emptyMeans === undefined ? {} : { placeholder: emptyMeans }),
  };
}

function descriptionOf(field: ConfigField): string {
  const hint = field.hint === undefined ? '' : `${field.hint}. `;
  return `${hint}Default: ${defaultInWords(field)}`;
}

function defaultInWords(field: ConfigField): string {
  const value = defaultInput(field);
  switch (field.kind) {
    case 'number':
      if (value === '') return field.emptyMeans ?? 'none';
      return `${formatCount(Number(value))}${field.unit === undefined ? '' : ` ${field.unit}`}`;
    case 'switch':
      return value === true ? 'on' : 'off';
    case 'lines':
    case 'headers': {
      const lines = String(value).split('\n');
      return value === ''
        ? 'none'
        : `${lines.slice(0, 2).join(', ')}${lines.length > 2 ? ' and others' : ''}`;
    }
    case 'text':
      return String(value);
    case 'choice':
      return field.options.find((option) => option.value === value)?.label ?? String(value);
    case 'several':
      return (value as readonly string[]).join(', ');
  }
}

import { Accordion, Badge, SimpleGrid, Stack, Textarea, TextInput } from '@mantine/core';
import { type UseFormReturnType, useForm } from '@mantine/form';
import { type ReactNode, useState } from 'react';
import { ApiProblem } from '../client/api-problem.js';
import { FormFrame } from '../display/form-frame.js';
import { BASIC_FIELDS, type ConfigField, type ConfigSection, FOLDED_SECTIONS } from './config-fields.js';
import { ConfigInput } from './config-input.js';
import { type CampaignFormValues, errorsFrom, errorsOf, type FormErrors, isOwn } from './form-values.js';

interface CampaignFormProps {
  readonly initial: CampaignFormValues;
  readonly isNew: boolean;
  readonly submitLabel: string;
  readonly isBusy: boolean;
  readonly failure: Error | null;
  readonly onSubmit: (values: CampaignFormValues) => void;
  /** What else can be done with what the form holds. */
  readonly beside?: (values: CampaignFormValues) => ReactNode;
  /** What is to be decided before it can be sent, above the button that sends it, which does nothing until then. */
  readonly decision?: ReactNode;
}

type Form = UseFormReturnType<CampaignFormValues>;

/** The form of a campaign, with every setting: what most need is in sight, the rest one step away. */
export function CampaignForm(props: CampaignFormProps) {
  const { initial, isNew, submitLabel, isBusy, failure, onSubmit, beside, decision = null } = props;
  const form = useForm<CampaignFormValues>({
    initialValues: initial,
    validate: (values) => errorsOf(values, isNew),
    validateInputOnBlur: true,
  });
  const [open, setOpen] = useState<string[]>([]);
  const [sent, setSent] = useState(initial);
  const refused: FormErrors = failure instanceof ApiProblem ? errorsFrom(failure.fields, sent) : {};
  const errorFor = (path: string): ReactNode => form.errors[path] ?? refused[path] ?? null;
  const openWrong = (errors: object): void => {
    const wrong = FOLDED_SECTIONS.filter(({ fields }) => fields.some(({ path }) => path in errors));
    setOpen((before) => [...new Set([...before, ...wrong.map(({ name }) => name)])]);
  };
  const send = (values: CampaignFormValues): void => {
    setSent(values);
    onSubmit(values);
  };
  return (
    <FormFrame
      onSubmit={form.onSubmit(send, openWrong)}
      submitLabel={submitLabel}
      isBusy={isBusy}
      isDisabled={decision !== null}
      failure={failure}
      beside={beside?.(form.getValues())}
      maxWidth={760}
    >
      <TextInput label="Name" required {...form.getInputProps('name')} error={errorFor('name')} />
      {isNew ? (
        <Textarea
          label="Seeds"
          description="Where the crawl begins: one address a line"
          required
          autosize
          minRows={2}
          maxRows={12}
          classNames={{ input: 'url' }}
          {...form.getInputProps('seeds')}
          error={errorFor('seeds')}
        />
      ) : null}
      <Fields form={form} fields={BASIC_FIELDS} errorFor={errorFor} />
      <Accordion variant="separated" multiple value={open} onChange={setOpen}>
        {FOLDED_SECTIONS.map((section) => (
          <Section key={section.name} form={form} section={section} errorFor={errorFor} />
        ))}
      </Accordion>
      {decision}
    </FormFrame>
  );
}

interface SectionProps {
  readonly form: Form;
  readonly section: ConfigSection;
  readonly errorFor: (path: string) => ReactNode;
}

/** Settings of a kind; from outside one sees how many of them are not as they come, and whether something is wrong. */
function Section({ form, section, errorFor }: SectionProps) {
  const { name, label, fields } = section;
  const own = fields.filter((field) => isOwn(field, form.getValues())).length;
  const wrong = fields.filter(({ path }) => errorFor(path) !== null).length;
  return (
    <Accordion.Item value={name}>
      <Accordion.Control>
        {label}
        {own === 0 ? null : (
          <Badge ml="xs" variant="default" tt="none">
            {own} set
          </Badge>
        )}
        {wrong === 0 ? null : (
          <Badge ml="xs" variant="light" color="red" tt="none">
            {wrong} to mend
          </Badge>
        )}
      </Accordion.Control>
      <Accordion.Panel>
        <Fields form={form} fields={fields} errorFor={errorFor} />
      </Accordion.Panel>
    </Accordion.Item>
  );
}

interface FieldsProps {
  readonly form: Form;
  readonly fields: readonly ConfigField[];
  readonly errorFor: (path: string) => ReactNode;
}

/** Fields in their order: short ones two in a row where there is room. */
function Fields({ form, fields, errorFor }: FieldsProps) {
  return (
    <Stack>
      {rowsOf(fields).map((row) => (
        <SimpleGrid key={row[0]?.path} cols={{ base: 1, sm: isShort(row[0]) ? 2 : 1 }}>
          {row.map((field) => (
            <ConfigInput key={field.path} form={form} field={field} error={errorFor(field.path)} />
          ))}
        </SimpleGrid>
      ))}
    </Stack>
  );
}

function isShort(field: ConfigField | undefined): boolean {
  return field?.kind === 'number' || field?.kind === 'choice';
}

/** Short fields that follow each other share a row. */
function rowsOf(fields: readonly ConfigField[]): ConfigField[][] {
  const rows: ConfigField[][] = [];
  for (const field of fields) {
    const row = rows.at(-1);
    if (row !== undefined && isShort(row[0]) && isShort(field)) row.push(field);
    else rows.push([field]);
  }
  return rows;
}

import {
  Accordion,
  Alert,
  Button,
  Group,
  NumberInput,
  SegmentedControl,
  Select,
  SimpleGrid,
  Stack,
  Switch,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { type UseFormReturnType, useForm } from '@mantine/form';
import { CAMPAIGN_LIMITS } from '@outrider/shared/contract';
import { ApiProblem, sentenceOf } from '../client/api-problem.js';
import { type CampaignFormValues, errorsFrom, errorsOf } from './form-values.js';

interface CampaignFormProps {
  readonly initial: CampaignFormValues;
  readonly isNew: boolean;
  readonly submitLabel: string;
  readonly isBusy: boolean;
  readonly failure: Error | null;
  readonly onSubmit: (values: CampaignFormValues) => void;
}

type Form = UseFormReturnType<CampaignFormValues>;

/** The form of a campaign: what most need is in sight, the rest one step away. */
export function CampaignForm({ initial, isNew, submitLabel, isBusy, failure, onSubmit }: CampaignFormProps) {
  const form = useForm<CampaignFormValues>({
    initialValues: initial,
    validate: (values) => errorsOf(values, isNew),
    validateInputOnBlur: true,
  });
  const refused = failure instanceof ApiProblem ? errorsFrom(failure.fields) : {};
  const errorFor = (field: keyof CampaignFormValues) => form.errors[field] ?? refused[field] ?? null;
  return (
    <form onSubmit={form.onSubmit(onSubmit)} noValidate>
      <Stack maw={760}>
        {failure === null ? null : (
          <Alert color="red" variant="light" role="alert" title="The platform did not take it">
            {sentenceOf(failure)}
          </Alert>
        )}
        <Basics form={form} isNew={isNew} errorFor={errorFor} />
        <Accordion variant="separated" multiple>
          <Section name="scope" label="Scope: which URLs are in">
            <ScopeFields form={form} errorFor={errorFor} />
          </Section>
          <Section name="politeness" label="Politeness: how the site is treated">
            <PolitenessFields form={form} errorFor={errorFor} />
          </Section>
          <Section name="more" label="Fetching, sitemaps and priority">
            <OtherFields form={form} errorFor={errorFor} />
          </Section>
        </Accordion>
        <Group>
          <Button type="submit" loading={isBusy}>
            {submitLabel}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface FieldsProps {
  readonly form: Form;
  readonly errorFor: (field: keyof CampaignFormValues) => React.ReactNode;
}

function Section(props: {
  readonly name: string;
  readonly label: string;
  readonly children: React.ReactNode;
}) {
  return (
    <Accordion.Item value={props.name}>
      <Accordion.Control>{props.label}</Accordion.Control>
      <Accordion.Panel>{props.children}</Accordion.Panel>
    </Accordion.Item>
  );
}

function Basics({ form, isNew, errorFor }: FieldsProps & { readonly isNew: boolean }) {
  return (
    <>
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
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Select
          label="Mode"
          description="What is crawled from there"
          data={[
            { value: 'spider', label: 'Spider: follow links' },
            { value: 'list', label: 'List: only the seeds' },
            { value: 'sitemap', label: 'Sitemap: what sitemaps name' },
          ]}
          allowDeselect={false}
          {...form.getInputProps('mode')}
        />
        <Select
          label="Scope"
          description="How far links are followed"
          data={[
            { value: 'host', label: 'The same host' },
            { value: 'domain', label: 'The domain with its subdomains' },
            { value: 'prefix', label: 'Below the folder of the seed' },
            { value: 'any', label: 'Anywhere' },
          ]}
          allowDeselect={false}
          {...form.getInputProps('within')}
        />
        <NumberInput
          label="Pages at most"
          min={1}
          max={CAMPAIGN_LIMITS.maxPages}
          thousandSeparator=","
          {...form.getInputProps('maxPages')}
          error={errorFor('maxPages')}
        />
        <NumberInput
          label="Clicks from a seed at most"
          min={0}
          max={CAMPAIGN_LIMITS.maxDepth}
          {...form.getInputProps('maxDepth')}
          error={errorFor('maxDepth')}
        />
      </SimpleGrid>
      <Stack gap={4}>
        <Text size="sm" fw={500}>
          How pages are read
        </Text>
        <SegmentedControl
          aria-label="How pages are read"
          data={[
            { value: 'http', label: 'As they are sent (fast)' },
            { value: 'browser', label: 'Rendered in a browser' },
          ]}
          {...form.getInputProps('renderer')}
        />
      </Stack>
    </>
  );
}

function ScopeFields({ form, errorFor }: FieldsProps) {
  return (
    <Stack>
      <Textarea
        label="Only URLs that match"
        description="Regular expressions (RE2), one a line; none: all"
        autosize
        minRows={2}
        classNames={{ input: 'url' }}
        {...form.getInputProps('allow')}
        error={errorFor('allow')}
      />
      <Textarea
        label="No URLs that match"
        description="Regular expressions (RE2), one a line"
        autosize
        minRows={2}
        classNames={{ input: 'url' }}
        {...form.getInputProps('deny')}
        error={errorFor('deny')}
      />
      <Textarea
        label="Parameters taken out of URLs"
        description="One a line; * stands for anything: utm_*"
        autosize
        minRows={2}
        maxRows={8}
        classNames={{ input: 'url' }}
        {...form.getInputProps('stripParams')}
        error={errorFor('stripParams')}
      />
      <NumberInput
        label="Longest duration"
        description="After it the execution ends"
        suffix=" s"
        min={1}
        max={CAMPAIGN_LIMITS.maxDurationSeconds}
        thousandSeparator=","
        {...form.getInputProps('maxDurationSeconds')}
        error={errorFor('maxDurationSeconds')}
      />
    </Stack>
  );
}

function PolitenessFields({ form, errorFor }: FieldsProps) {
  return (
    <Stack>
      <Switch label="Obey robots.txt" {...form.getInputProps('obeyRobots', { type: 'checkbox' })} />
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <NumberInput
          label="Fetches of a host at a time"
          min={1}
          max={CAMPAIGN_LIMITS.maxConcurrencyPerHost}
          {...form.getInputProps('maxConcurrencyPerHost')}
          error={errorFor('maxConcurrencyPerHost')}
        />
        <NumberInput
          label="Least time between two fetches"
          suffix=" ms"
          min={0}
          max={CAMPAIGN_LIMITS.delayMs}
          {...form.getInputProps('delayMs')}
          error={errorFor('delayMs')}
        />
      </SimpleGrid>
      <TextInput label="User agent" {...form.getInputProps('userAgent')} error={errorFor('userAgent')} />
    </Stack>
  );
}

function OtherFields({ form, errorFor }: FieldsProps) {
  return (
    <Stack>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <NumberInput
          label="Time for one answer"
          suffix=" ms"
          thousandSeparator=","
          min={1_000}
          max={600_000}
          {...form.getInputProps('timeoutMs')}
          error={errorFor('timeoutMs')}
        />
        <NumberInput
          label="Tries after the first"
          min={0}
          max={10}
          {...form.getInputProps('retries')}
          error={errorFor('retries')}
        />
        <NumberInput
          label="Lanes"
          description="Workers that crawl it side by side"
          min={1}
          max={CAMPAIGN_LIMITS.lanes}
          {...form.getInputProps('lanes')}
          error={errorFor('lanes')}
        />
        <Select
          label="Priority"
          description="Who comes first when workers are full"
          data={['urgent', 'normal', 'backfill']}
          allowDeselect={false}
          {...form.getInputProps('priority')}
        />
      </SimpleGrid>
      <Switch
        label="Ask only for what has changed since the last execution"
        {...form.getInputProps('conditional', { type: 'checkbox' })}
      />
      <Switch
        label="Read the sitemaps that robots.txt names"
        {...form.getInputProps('fromRobots', { type: 'checkbox' })}
      />
      <Textarea
        label="Further sitemaps"
        description="One address a line"
        autosize
        minRows={1}
        classNames={{ input: 'url' }}
        {...form.getInputProps('sitemapUrls')}
        error={errorFor('sitemapUrls')}
      />
    </Stack>
  );
}

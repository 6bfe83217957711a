import { Group, SimpleGrid, Stack, Text, Tooltip } from '@mantine/core';
import type { CoverageReceipt, ExecutionCoverage } from '@outrider/shared/contract';
import { Link } from '@tanstack/react-router';
import { formatCount, formatShare, inWords } from '../display/format.js';
import { TextLink } from '../display/links.js';
import {
  coverageSentence,
  methodsOf,
  OUTCOME_MEANINGS,
  type Outcome,
  outcomesOf,
  partsOf,
  type Share,
} from './coverage-shares.js';
import { listLinkOf } from './list-links.js';

interface CoveragePictureProps {
  readonly executionId: string;
  readonly coverage: ExecutionCoverage;
}

/** One bar for all URLs, each part a link to the list of its URLs; below it what each part is made of. */
export function CoveragePicture({ executionId, coverage }: CoveragePictureProps) {
  const { totals, receipt } = coverage;
  const outcomes = outcomesOf(totals);
  return (
    <Stack gap="sm">
      <Text size="lg" fw={600}>
        {coverageSentence(totals, formatCount)}
      </Text>
      <div style={{ display: 'flex', gap: 2, height: 34 }}>
        {outcomes.map(({ outcome, count }) => (
          <Tooltip key={outcome} label={`${formatCount(count)} ${outcome}: ${OUTCOME_MEANINGS[outcome]}`}>
            <Link
              {...listLinkOf(executionId, outcome)}
              className="coverage-segment"
              aria-label={`${formatCount(count)} ${outcome}`}
              style={{
                background: `var(--outrider-${outcome})`,
                borderRadius: 3,
                flexGrow: count,
                flexBasis: 0,
                minWidth: 10,
              }}
            />
          </Tooltip>
        ))}
      </div>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 4 }} spacing="lg">
        {outcomes.map(({ outcome, count }) => (
          <Part key={outcome} executionId={executionId} outcome={outcome} count={count} coverage={coverage} />
        ))}
        {receipt === null ? null : <Origins executionId={executionId} receipt={receipt} />}
      </SimpleGrid>
    </Stack>
  );
}

interface PartProps extends CoveragePictureProps {
  readonly outcome: Outcome;
  readonly count: number;
}

function Part({ executionId, outcome, count, coverage }: PartProps) {
  const { totals, receipt } = coverage;
  return (
    <Stack gap={4}>
      <Group gap={6}>
        <span
          aria-hidden="true"
          style={{ background: `var(--outrider-${outcome})`, borderRadius: 2, height: 10, width: 10 }}
        />
        <TextLink {...listLinkOf(executionId, outcome)} fw={600}>
          {inWords(outcome)}
        </TextLink>
        <Text span c="dimmed" size="sm">
          {formatCount(count)}, {formatShare(totals.discovered === 0 ? null : count / totals.discovered)}
        </Text>
      </Group>
      {receipt === null
        ? null
        : partsOf(receipt, outcome).map((share) => (
            <ShareLine
              key={share.name}
              share={share}
              of={count}
              outcome={outcome}
              executionId={executionId}
            />
          ))}
    </Stack>
  );
}

interface ShareLineProps {
  readonly share: Share;
  readonly of: number;
  readonly outcome: Outcome;
  readonly executionId: string;
}

function ShareLine({ share, of, outcome, executionId }: ShareLineProps) {
  const { name, count, meaning } = share;
  const line = (
    <div>
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <TextLink {...listLinkOf(executionId, outcome, name)} size="sm">
          {inWords(name)}
        </TextLink>
        <Text size="sm">{formatCount(count)}</Text>
      </Group>
      <div aria-hidden="true" style={{ background: 'var(--outrider-grid)', borderRadius: 2, height: 4 }}>
        <div
          style={{
            background: `var(--outrider-${outcome})`,
            borderRadius: 2,
            height: 4,
            width: `${(count / of) * 100}%`,
          }}
        />
      </div>
    </div>
  );
  return meaning === undefined ? line : <Tooltip label={meaning}>{line}</Tooltip>;
}

function Origins({
  executionId,
  receipt,
}: {
  readonly executionId: string;
  readonly receipt: CoverageReceipt;
}) {
  return (
    <Stack gap={4}>
      <Text fw={600}>How they became known</Text>
      {methodsOf(receipt).map(({ name, count }) => (
        <Group key={name} justify="space-between" gap="xs">
          <TextLink
            to="/executions/$id/discovered"
            params={{ id: executionId }}
            search={{ method: name as 'link' }}
            size="sm"
          >
            {inWords(name)}
          </TextLink>
          <Text size="sm">{formatCount(count)}</Text>
        </Group>
      ))}
    </Stack>
  );
}

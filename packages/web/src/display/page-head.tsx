import { Box, Group, Title } from '@mantine/core';
import { Fragment, type ReactNode, useEffect } from 'react';

interface PageHeadProps {
  readonly title: string;
  readonly beside?: ReactNode;
  readonly actions?: ReactNode;
  readonly trail?: readonly ReactNode[];
}

/** The head of a page: where it is, what it is called, what can be done. Also names the browser's tab. */
export function PageHead({ title, beside, actions, trail = [] }: PageHeadProps) {
  useEffect(() => {
    document.title = `${title} · Outrider`;
  }, [title]);
  return (
    <Box mb="md">
      {trail.length === 0 ? null : (
        <Group gap={6} fz="sm" mb={4}>
          {trail.map((step, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the way to a page is told once and never sorted.
            <Fragment key={place}>
              {place === 0 ? null : <span aria-hidden="true">/</span>}
              {step}
            </Fragment>
          ))}
        </Group>
      )}
      <Group justify="space-between" gap="sm">
        <Group gap="sm" miw={0}>
          <Title order={1} style={{ overflowWrap: 'anywhere' }}>
            {title}
          </Title>
          {beside}
        </Group>
        <Group gap="xs">{actions}</Group>
      </Group>
    </Box>
  );
}

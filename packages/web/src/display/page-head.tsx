import { Box, Breadcrumbs, Group, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';

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
        <Breadcrumbs mb={4} fz="sm" separatorMargin={6}>
          {trail}
        </Breadcrumbs>
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

import { Box, Paper, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

export interface LabelledBar {
  readonly key: string;
  readonly label: ReactNode;
  readonly value: number | null;
  /** The value as it is read. */
  readonly text: string;
}

interface BarListProps {
  readonly title: string;
  readonly bars: readonly LabelledBar[];
  /** A CSS variable of the theme. */
  readonly color?: string;
}

/** A figure of several things as bars under each other, each with its value in words. */
export function BarList({ title, bars, color = '--outrider-fetched' }: BarListProps) {
  const highest = Math.max(1e-9, ...bars.map(({ value }) => value ?? 0));
  return (
    <Paper withBorder p="sm" miw={0}>
      <Title order={2} fz="sm" mb="xs">
        {title}
      </Title>
      <Box component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
        {bars.map(({ key, label, value, text }) => (
          <Box component="li" key={key} mb={6}>
            <Box style={{ display: 'flex', justifyContent: 'space-between', gap: 8 }}>
              <Text size="sm" truncate component="span">
                {label}
              </Text>
              <Text size="sm" component="span" style={{ whiteSpace: 'nowrap' }}>
                {text}
              </Text>
            </Box>
            <div
              aria-hidden="true"
              style={{
                background: `var(${color})`,
                borderRadius: 2,
                height: 6,
                minWidth: value === null || value === 0 ? 0 : 2,
                width: `${((value ?? 0) / highest) * 100}%`,
              }}
            />
          </Box>
        ))}
      </Box>
    </Paper>
  );
}

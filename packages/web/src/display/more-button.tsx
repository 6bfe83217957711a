import { Button, Group } from '@mantine/core';

interface MoreButtonProps {
  readonly label: string;
  readonly query: {
    readonly hasNextPage: boolean;
    readonly isFetchingNextPage: boolean;
    readonly fetchNextPage: () => Promise<unknown>;
  };
}

/** Reads the next part of a list; nothing at its end. */
export function MoreButton({ label, query }: MoreButtonProps) {
  if (!query.hasNextPage) return null;
  return (
    <Group justify="center" mt="md">
      <Button
        variant="default"
        size="compact-md"
        loading={query.isFetchingNextPage}
        onClick={() => {
          query.fetchNextPage().catch(() => undefined);
        }}
      >
        {label}
      </Button>
    </Group>
  );
}

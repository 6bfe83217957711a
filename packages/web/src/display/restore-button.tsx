import { Button } from '@mantine/core';

interface RestoreButtonProps {
  readonly name: string;
  readonly isBusy: boolean;
  readonly onClick: () => void;
}

/** Has something back that was deleted. */
export function RestoreButton({ name, isBusy, onClick }: RestoreButtonProps) {
  return (
    <Button
      size="compact-sm"
      variant="default"
      aria-label={`Restore ${name}`}
      loading={isBusy}
      onClick={onClick}
    >
      Restore
    </Button>
  );
}

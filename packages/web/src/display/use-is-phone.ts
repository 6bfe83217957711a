import { useMediaQuery } from '@mantine/hooks';

/** Whether the page is as wide as a phone: text in several columns side by side is too much there. */
export function useIsPhone(): boolean {
  return useMediaQuery('(max-width: 36em)', false, { getInitialValueInEffect: false });
}

import { createTheme, type MantineColorsTuple } from '@mantine/core';

/** From the palest tint to the darkest; [7] and up carry white text at 4.5:1. */
const trail: MantineColorsTuple = [
  '#e3fafc',
  '#c5f1f6',
  '#98e4ed',
  '#63d3e0',
  '#3bbfce',
  '#22a3b4',
  '#15899a',
  '#0b7285',
  '#0a6272',
  '#08515f',
];

/** Calm and dense: small type, system fonts, little rounding. */
export const theme = createTheme({
  colors: { trail },
  primaryColor: 'trail',
  primaryShade: { light: 7, dark: 7 },
  autoContrast: true,
  defaultRadius: 'sm',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  headings: { fontWeight: '650', sizes: { h1: { fontSize: '1.375rem' }, h2: { fontSize: '1.0625rem' } } },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Table: { defaultProps: { verticalSpacing: 6, horizontalSpacing: 'sm' } },
    Anchor: { defaultProps: { inherit: true } },
    // A dialog's head is no banner of the page, beside the one that is.
    Modal: {
      defaultProps: {
        closeButtonProps: { 'aria-label': 'Close' },
        attributes: { header: { role: 'presentation' } },
      },
    },
    Notification: {
      defaultProps: { closeButtonProps: { 'aria-label': 'Close' } },
      styles: { description: { color: 'var(--mantine-color-dimmed)' } },
    },
    Tooltip: { defaultProps: { withArrow: true, openDelay: 300 } },
  },
});

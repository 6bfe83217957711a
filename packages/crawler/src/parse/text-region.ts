/**
 * What part of a page a text stands in, for the choice of the main text. The numbers are indexes.
 *
 * - `apart`: navigation, banner, footer, complementary parts and `noscript`: never main text;
 * - `plain`: everything else outside `main` and `article`;
 * - `article`: within an `article`, outside `main`;
 * - `main`: within `main` or `role=main`.
 * - `form`: within a `form` that is not itself around the `main`.
 */
export const TEXT_REGION = { apart: 0, plain: 1, article: 2, main: 3, form: 4 } as const;
export type TextRegion = (typeof TEXT_REGION)[keyof typeof TEXT_REGION];

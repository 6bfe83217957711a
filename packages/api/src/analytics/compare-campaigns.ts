import { readCampaign, sumDays, type Tx } from '@outrider/db';
import {
  compareFigures,
  type FigureAnswer,
  type FigureDifferences,
  MOST_DAYS_COMPARED,
  OutriderError,
  presentFigures,
} from '@outrider/shared';
import { named } from './compare-executions.js';

interface ComparedCampaign {
  readonly campaignId: string;
  readonly name: string;
  readonly executions: number;
  readonly figures: FigureAnswer;
  readonly differences: FigureDifferences | null;
}

const DAY_MS = 86_400_000;
/** Days compared unless the request says which. */
const DEFAULT_DAYS = 30;

/**
 * The figures of several campaigns over the same days, in the order of their ids. Throws `not_found`, naming the place of the
 * id that is not there, and `validation_failed` for days in the wrong order or too many.
 */
export async function compareCampaigns(
  tx: Tx,
  asked: {
    readonly ids: readonly string[];
    readonly from?: string | undefined;
    readonly to?: string | undefined;
  },
): Promise<{ from: string; to: string; items: ComparedCampaign[] }> {
  const to = asked.to ?? dayOf(Date.now());
  const from = asked.from ?? dayOf(Date.parse(to) - (DEFAULT_DAYS - 1) * DAY_MS);
  checkDays(from, to);
  const items: ComparedCampaign[] = [];
  for (const [place, campaignId] of asked.ids.entries()) {
    const { name } = await named(place, 'campaign', readCampaign(tx, campaignId));
    const { figures, executions } = await sumDays(tx, { campaignId, from, to });
    const one = { campaignId, name, executions, figures: presentFigures(figures) };
    const [first] = items;
    const differences = first === undefined ? null : compareFigures(first, one);
    items.push({ ...one, differences });
  }
  return { from, to, items };
}

function checkDays(from: string, to: string): void {
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
  const problem =
    days < 1
      ? 'the first day is after the last'
      : days > MOST_DAYS_COMPARED
        ? `at most ${MOST_DAYS_COMPARED} days`
        : null;
  if (problem === null) return;
  throw new OutriderError('validation_failed', 'These days cannot be compared.', {
    fields: [{ path: 'from', code: 'invalid_range', message: problem }],
  });
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

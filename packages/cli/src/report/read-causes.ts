import type { CampaignError, Execution } from '@outrider/shared';
import type { ApiClient } from '../client/api-client.js';

const ERRORS_READ = 100;
const CAUSES_SHOWN = 3;

/** Why an execution fetched nothing, in up to three sentences; none when it fetched something. */
export async function readCauses(client: ApiClient, execution: Execution): Promise<string[]> {
  if (execution.coverage.fetched > 0) return [];
  const { items } = await client.call('listErrors', {
    params: { id: execution.campaignId },
    query: { executionId: execution.id, limit: ERRORS_READ },
  });
  return distinctCauses(items);
}

/** The errors as sentences, each once, in their order. */
export function distinctCauses(
  errors: readonly Pick<CampaignError, 'errorCode' | 'errorMessage'>[],
): string[] {
  return [...new Set(errors.map(causeSentence))].slice(0, CAUSES_SHOWN);
}

/** A refused site's error holds the failure of its robots.txt: `robots.txt could not be read: <code>: <text>`. */
const BEHIND_ROBOTS = /^robots\.txt could not be read: (?:(?<code>[a-z_]+): )?(?<text>.+)$/s;

function causeSentence({
  errorCode,
  errorMessage,
}: Pick<CampaignError, 'errorCode' | 'errorMessage'>): string {
  const { code, text } = BEHIND_ROBOTS.exec(errorMessage)?.groups ?? {};
  if (text === undefined) return `${errorMessage} (${errorCode})`;
  return `${text}${code === undefined ? '' : ` (${code})`}, so robots.txt could not be read`;
}

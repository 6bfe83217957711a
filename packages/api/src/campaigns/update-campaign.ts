import { isDeepStrictEqual } from 'node:util';
import {
  appendEvent,
  changeScopeRules,
  type EditableCampaign,
  insertConfigRevision,
  listLiveExecutions,
  lockCampaignForEdit,
  lockExecutions,
  readCampaign,
  updateCampaign as storeCampaign,
  type Tx,
} from '@outrider/db';
import { type CampaignConfig, type CampaignPatch, campaignConfig, OutriderError } from '@outrider/shared';
import type { Handler } from '../app/route-request.js';
import { summarizeChange } from '../audit/summarize-change.js';
import { campaignReply } from './campaign-reply.js';

/**
 * Changes what the patch names; a configuration that becomes another one gets the next revision. Executions that
 * have not ended go on by the revision they began with, except for `scope.allow` and `scope.deny`, which hold at once.
 */
export const updateCampaign: Handler<'updateCampaign'> = async (request) => {
  const { id: campaignId } = request.params;
  const { tenantId, keyId } = request.caller;
  const patch = request.body;
  const expected = expectedRevision(request.header('if-match'));
  return request.write(async (tx) => {
    const current = await lockCampaignForEdit(tx, campaignId);
    requireRevision(current, expected);
    const name = patch.name ?? current.name;
    await storeCampaign(tx, campaignId, { name, status: patch.status ?? current.status });
    const config = patchConfig(current.config, patch);
    const configRevision = isDeepStrictEqual(config, current.config)
      ? current.configRevision
      : await insertConfigRevision(tx, campaignId, { tenantId, config, createdBy: keyId });
    if (hasOtherRules(current.config, config)) {
      await changeRulesOfLive(tx, campaignId, { revision: configRevision, scope: config.scope });
    }
    await appendEvent(tx, {
      tenantId,
      campaignId,
      executionId: null,
      type: 'campaign.updated',
      payload: { name, configRevision },
    });
    return {
      reply: campaignReply(await readCampaign(tx, campaignId)),
      audit: {
        action: 'campaign.update',
        subjectType: 'campaign',
        subjectId: campaignId,
        ...summarizeChange(
          { name: current.name, status: current.status, ...current.config },
          { name, status: patch.status ?? current.status, ...config },
        ),
        detail: { fields: Object.keys(patch), configRevision },
      },
    };
  });
};

/** The configuration with the patch laid over it, group by group, field by field; pure. */
export function patchConfig(config: CampaignConfig, patch: CampaignPatch): CampaignConfig {
  const {
    name: _name,
    status: _status,
    scope,
    limits,
    traps,
    politeness,
    fetch,
    sitemaps,
    browser,
    history,
    ...plain
  } = patch;
  return campaignConfig.parse({
    ...config,
    ...given(plain),
    scope: { ...config.scope, ...given(scope ?? {}) },
    limits: { ...config.limits, ...given(limits ?? {}) },
    traps: { ...config.traps, ...given(traps ?? {}) },
    politeness: { ...config.politeness, ...given(politeness ?? {}) },
    fetch: { ...config.fetch, ...given(fetch ?? {}) },
    sitemaps: { ...config.sitemaps, ...given(sitemaps ?? {}) },
    browser: { ...config.browser, ...given(browser ?? {}) },
    history: { ...config.history, ...given(history ?? {}) },
  });
}

/** Of every execution that has not ended: where they may overlap, there are several. */
async function changeRulesOfLive(
  tx: Tx,
  campaignId: string,
  { revision, scope: { allow, deny } }: Pick<CampaignConfig, 'scope'> & { readonly revision: number },
): Promise<void> {
  const live = await listLiveExecutions(tx, campaignId);
  await lockExecutions(tx, live);
  for (const executionId of live) await changeScopeRules(tx, executionId, { revision, allow, deny });
}

/** Whether the part of the scope changed that holds for an execution while it runs. */
function hasOtherRules({ scope: before }: CampaignConfig, { scope: after }: CampaignConfig): boolean {
  return !isDeepStrictEqual([before.allow, before.deny], [after.allow, after.deny]);
}

function given(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** The revision that If-Match names (RFC 9110, section 13.1.1); null where any will do. Throws `bad_request`. */
function expectedRevision(header: string | undefined): number | null {
  if (header === undefined || header.trim() === '*') return null;
  const revision = /^\s*"(\d{1,9})"\s*$/.exec(header)?.[1];
  if (revision === undefined) {
    throw new OutriderError('bad_request', 'If-Match must be the ETag of the campaign, such as "3".');
  }
  return Number(revision);
}

function requireRevision(current: EditableCampaign, expected: number | null): void {
  if (expected === null || expected === current.configRevision) return;
  throw new OutriderError(
    'revision_conflict',
    `It is at revision ${current.configRevision}, not ${expected}. Read it again.`,
  );
}

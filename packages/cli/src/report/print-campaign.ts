import type { Campaign } from '@outrider/shared';
import { formatCount, formatTime } from '../display/quantities.js';
import { renderFacts } from '../display/render-facts.js';
import type { CommandContext } from '../program/command-context.js';
import { renderConfig } from './render-config.js';

/** Prints a campaign as facts with its configuration, or as one JSON document. */
export function printCampaign({ terminal }: CommandContext, campaign: Campaign, json: boolean): void {
  if (json) {
    terminal.print(JSON.stringify(campaign));
    return;
  }
  const { metrics, lastExecution } = campaign;
  const last =
    lastExecution === null ? 'none' : `${lastExecution.number}, ${lastExecution.status}, ${lastExecution.id}`;
  terminal.print(
    renderFacts([
      ['ID', campaign.id],
      ['Name', campaign.name],
      ['Status', campaign.status],
      ['Seeds', formatCount(campaign.seedCount)],
      ['Executions', formatCount(metrics.executionsTotal)],
      ['Last', last],
      ['Pages', formatCount(metrics.pagesCrawled)],
      ['Errors', formatCount(metrics.errorsEncountered)],
      ['Created', formatTime(campaign.createdAt)],
      ['Revision', String(campaign.configRevision)],
    ]),
  );
  terminal.print(renderConfig(campaign.config));
}

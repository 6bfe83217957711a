import { ROUTES, type TenantQuotas } from '@outrider/shared';
import type { Command } from 'commander';
import { formatCount } from '../display/quantities.js';
import { renderFacts } from '../display/render-facts.js';
import { CliError } from '../program/cli-error.js';
import type { CommandContext } from '../program/command-context.js';
import { ofContract, quotaLimit } from '../program/option-values.js';

interface QuotaOptions {
  readonly executions?: number | 'none';
  readonly pagesPerDay?: number | 'none';
  readonly json: boolean;
}

const tenant = ofContract(ROUTES.getTenantQuotas.params.shape.id, 'the id of a tenant, or `me`');

/** `outrider quotas`: what a tenant may use and uses. */
export function addQuotaCommands(program: Command, context: CommandContext): void {
  const quotas = program.command('quotas').description("show and set a tenant's quotas");
  quotas
    .command('show', { isDefault: true })
    .description("show a tenant's quotas and their use (what `quotas` alone does)")
    .argument('[tenant]', "id; the key's own unless given", tenant, 'me')
    .option('--json', 'print one JSON document', false)
    .action(async (id: string, { json }: QuotaOptions) => {
      printQuotas(context, await (await context.connect()).call('getTenantQuotas', { params: { id } }), json);
    });
  quotas
    .command('set')
    .description("set a tenant's quotas; only for keys of the platform's first tenant")
    .argument('<tenant>', 'id, or `me`', tenant)
    .option('--executions <n>', 'most executions at a time, or `none` for no limit', quotaLimit)
    .option('--pages-per-day <n>', 'most pages per day (UTC), or `none` for no limit', quotaLimit)
    .option('--json', 'print one JSON document', false)
    .action(async (id: string, { executions, pagesPerDay, json }: QuotaOptions) => {
      const body = {
        ...(executions === undefined ? {} : { maxRunningExecutions: limitOf(executions) }),
        ...(pagesPerDay === undefined ? {} : { maxPagesPerDay: limitOf(pagesPerDay) }),
      };
      if (Object.keys(body).length === 0) {
        throw new CliError('usage', 'Name a limit to set: --executions, --pages-per-day, or both.');
      }
      const client = await context.connect();
      printQuotas(context, await client.call('setTenantQuotas', { params: { id }, body }), json);
    });
}

function limitOf(most: number | 'none'): number | null {
  return most === 'none' ? null : most;
}

function printQuotas({ terminal }: CommandContext, quotas: TenantQuotas, json: boolean): void {
  if (json) {
    terminal.print(JSON.stringify(quotas));
    return;
  }
  const of = (used: number, most: number | null) =>
    most === null ? `${formatCount(used)}, no limit` : `${formatCount(used)} of ${formatCount(most)}`;
  terminal.print(
    renderFacts([
      ['Tenant', `${quotas.name} (${quotas.tenantId})`],
      ['Executions', of(quotas.runningExecutions, quotas.maxRunningExecutions)],
      ['Pages today', of(quotas.pagesToday, quotas.maxPagesPerDay)],
    ]),
  );
}

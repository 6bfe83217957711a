import type { Tenant, TenantQuotas } from '@outrider/shared';
import type { Command } from 'commander';
import { findTenant } from '../client/find-tenant.js';
import { formatCount, formatTime } from '../display/quantities.js';
import { renderFacts } from '../display/render-facts.js';
import type { Column } from '../display/render-table.js';
import { CliError } from '../program/cli-error.js';
import type { CommandContext } from '../program/command-context.js';
import { addListOptions } from '../program/list-options.js';
import { quotaLimit } from '../program/option-values.js';
import { type ListOptions, showList } from './show-list.js';

interface QuotaOptions {
  readonly executions?: number | 'none';
  readonly pagesPerDay?: number | 'none';
  readonly json: boolean;
}

const TENANT_COLUMNS: readonly Column<Tenant>[] = [
  { head: 'ID', cell: (row) => row.id },
  { head: 'NAME', cell: (row) => row.name },
  { head: 'MADE', cell: (row) => formatTime(row.createdAt) },
];

/** `outrider quotas`: what a tenant may use and uses. */
export function addQuotaCommands(program: Command, context: CommandContext): void {
  const quotas = program.command('quotas').description("show and set a tenant's quotas");
  quotas
    .command('show', { isDefault: true })
    .description("show a tenant's quotas and their use (what `quotas` alone does)")
    .argument('[tenant]', "id or exact name; the key's own unless given", 'me')
    .option('--json', 'print one JSON document', false)
    .action(async (reference: string, { json }: QuotaOptions) => {
      const client = await context.connect();
      const id = await findTenant(client, reference);
      printQuotas(context, await client.call('getTenantQuotas', { params: { id } }), json);
    });
  addListOptions(quotas.command('tenants'), 'listTenants')
    .description(
      "list the tenants whose quotas this key may read: all for keys of the platform's first tenant",
    )
    .action(async (options: ListOptions) => {
      const list = {
        route: 'listTenants',
        params: undefined,
        noun: 'tenant',
        columns: TENANT_COLUMNS,
      } as const;
      await showList(context, await context.connect(), list, options);
    });
  quotas
    .command('set')
    .description("set a tenant's quotas; only for keys of the platform's first tenant")
    .argument('<tenant>', 'id or exact name, or `me`')
    .option('--executions <n>', 'most executions at a time, or `none` for no limit', quotaLimit)
    .option('--pages-per-day <n>', 'most pages per day (UTC), or `none` for no limit', quotaLimit)
    .option('--json', 'print one JSON document', false)
    .action(async (reference: string, { executions, pagesPerDay, json }: QuotaOptions) => {
      const body = {
        ...(executions === undefined ? {} : { maxRunningExecutions: limitOf(executions) }),
        ...(pagesPerDay === undefined ? {} : { maxPagesPerDay: limitOf(pagesPerDay) }),
      };
      if (Object.keys(body).length === 0) {
        throw new CliError('usage', 'Name a limit to set: --executions, --pages-per-day, or both.');
      }
      const client = await context.connect();
      const id = await findTenant(client, reference);
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

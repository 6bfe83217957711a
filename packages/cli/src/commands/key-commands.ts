import { API_SCOPES, type ApiScope } from '@outrider/shared';
import { type Command, Option } from 'commander';
import { findApiKey, shownKey } from '../client/find-api-key.js';
import { printable } from '../display/printable.js';
import { formatTime } from '../display/quantities.js';
import type { CommandContext } from '../program/command-context.js';
import { addListOptions } from '../program/list-options.js';
import { type ListOptions, showList } from './show-list.js';

interface CreateOptions {
  readonly scope: ApiScope;
  readonly expires?: string;
  readonly json: boolean;
}

/** `outrider keys`: list, create and revoke API keys. */
export function addKeyCommands(program: Command, context: CommandContext): void {
  const keys = program.command('keys').description('list, create and revoke API keys');
  addListOptions(keys.command('list', { isDefault: true }), 'listApiKeys')
    .description('list API keys (what `keys` alone does)')
    .action((options: ListOptions) => listKeys(context, options));
  keys
    .command('create')
    .description('make an API key; it is shown this once')
    .argument('<name>', 'who or what uses it')
    .addOption(new Option('--scope <scope>', 'what it may do').choices(API_SCOPES).default('viewer'))
    .option('--expires <time>', 'when it ends to be valid (ISO 8601)')
    .option('--json', 'print one JSON document', false)
    .action(async (name: string, { scope, expires, json }: CreateOptions) => {
      const body = { name, scope, ...(expires === undefined ? {} : { expiresAt: expires }) };
      const created = await (await context.connect()).call('createApiKey', { body });
      if (!json) context.terminal.note(`The key "${name}" (${created.id}), shown this once:`);
      context.terminal.print(json ? JSON.stringify(created) : (created.key ?? 'It was shown before.'));
    });
  keys
    .command('revoke')
    .description('revoke an API key')
    .argument('<key>', 'its id, its exact name, or its beginning as `keys` shows it')
    .option('--json', 'print one JSON document', false)
    .action(async (reference: string, { json }: { json: boolean }) => {
      const client = await context.connect();
      const { id, name } = await findApiKey(client, reference);
      await client.call('revokeApiKey', { params: { id } });
      context.terminal.print(
        json ? JSON.stringify({ revoked: id }) : `Revoked the key "${printable(name)}" (${id}).`,
      );
    });
}

async function listKeys(context: CommandContext, options: ListOptions): Promise<void> {
  await showList(
    context,
    await context.connect(),
    {
      route: 'listApiKeys',
      params: undefined,
      noun: 'key',
      columns: [
        { head: 'ID', cell: (row) => row.id },
        { head: 'NAME', cell: (row) => row.name },
        { head: 'SCOPE', cell: (row) => row.scope },
        { head: 'KEY', cell: (row) => shownKey(row) },
        { head: 'CREATED', cell: (row) => formatTime(row.createdAt) },
        { head: 'LAST USED', cell: (row) => formatTime(row.lastUsedAt) },
        { head: 'EXPIRES', cell: (row) => formatTime(row.expiresAt) },
        { head: 'REVOKED', cell: (row) => formatTime(row.revokedAt) },
      ],
    },
    options,
  );
}

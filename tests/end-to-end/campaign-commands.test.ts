import type { Campaign, DeletedCampaign, Seed } from '@outrider/shared';
import { describe, expect, it } from 'vitest';
import { openCommands } from './open-commands.js';

const commands = openCommands();
const SEED = 'https://example.org/';

async function create(name: string, fields: object = {}): Promise<Campaign> {
  const document = await commands().file({ name, seeds: [SEED], ...fields });
  return commands().json<Campaign>('campaigns', 'create', '--file', document);
}

describe('campaigns change', () => {
  it('changes what the document names and nothing else', async () => {
    await create('Patched', { scope: { maxDepth: 3 } });
    const document = await commands().file({ scope: { maxPages: 500 }, name: 'Patched again' });
    const changed = await commands().json<Campaign>('campaigns', 'change', 'Patched', '--file', document);
    expect(changed).toMatchObject({
      name: 'Patched again',
      configRevision: 2,
      config: { scope: { maxPages: 500, maxDepth: 3 } },
    });
    const { code, stdout } = await commands().run('campaigns', 'change', changed.id, '--file', document);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/Revision +2\n/)]);
  });

  it('takes the document that made the campaign, and adds the seeds that are new in it', async () => {
    await create('Grown');
    const document = await commands().file({
      ...{ name: 'Grown', seeds: [SEED, 'https://example.org/new', 'mailto:x@example.org'] },
      lanes: 2,
    });
    const { code, stderr } = await commands().run('campaigns', 'change', 'Grown', '--file', document);
    expect(code).toBe(2);
    expect(stderr).toContain(
      'Seeds: 1 added, 1 there already, 1 refused.\n  3. mailto:x@example.org: Only http',
    );
    expect(await commands().json('campaigns', 'show', 'Grown')).toMatchObject({
      seedCount: 2,
      config: { lanes: 2 },
    });
  });

  it('of another revision than the one it was made for is refused, and says how to go on', async () => {
    const { id } = await create('Contested');
    const one = await commands().file({ lanes: 2 });
    const other = await commands().file({ lanes: 3 });
    await commands().json('campaigns', 'change', 'Contested', '--file', one, '--revision', '1');
    const late = await commands().run('campaigns', 'change', 'Contested', '--file', other, '--revision', '1');
    expect([late.code, late.stdout]).toEqual([1, '']);
    expect(late.stderr).toContain('The campaign has changed since it was read.');
    const [, compare, again] =
      /\n {2}outrider (revisions .*)\n {2}outrider (campaigns .*)\n/.exec(late.stderr) ?? [];
    const difference = await commands().run(...String(compare).split(' '));
    expect(difference.stdout).toContain('lanes: 1 -> 2');
    expect(again).toBe(`campaigns change ${id} --file <path> --revision 2`);
    await commands().json('campaigns', 'change', id, '--file', other, '--revision', '2');
  });

  it('of seeds alone is held to its revision, too', async () => {
    const { id } = await create('Contested seeds');
    const lanes = await commands().file({ lanes: 2 });
    const seeds = await commands().file({ seeds: ['https://example.org/late'] });
    await commands().json('campaigns', 'change', id, '--file', lanes);
    const late = await commands().run('campaigns', 'change', id, '--file', seeds, '--revision', '1');
    expect([late.code, late.stdout]).toEqual([1, '']);
    expect(late.stderr).toMatch(/^The campaign has changed since it was read\.\n/);
    expect(late.stderr).toContain(`\n  outrider revisions show ${id} 2 --compare 1\n`);
    expect(await commands().json('campaigns', 'show', id)).toMatchObject({ seedCount: 1 });
    const now = await commands().run('campaigns', 'change', id, '--file', seeds, '--revision', '2');
    expect(now.stderr).toContain('Seeds: 1 added');
  });

  it.each([
    [{ maxPages: 5 }, /maxPages: there is no such field; did you mean `scope.maxPages`\?/],
    [{}, /name at least one field/],
    [{ scope: { maxPages: -1 } }, /scope\.maxPages: /],
  ])('by %j is refused before anything is asked', async (document, said) => {
    const path = await commands().file(document);
    const { code, stderr } = await commands().run('campaigns', 'change', 'No such', '--file', path);
    expect(code).toBe(2);
    expect(stderr).toMatch(said);
  });
});

describe('campaigns create', () => {
  it.each([
    ['http://127.0.0.1/', 'OUTRIDER_ALLOW_PRIVATE_NETWORKS=1'],
    ['http://example.org:25/', 'OUTRIDER_ALLOWED_PORTS=25'],
  ])(
    'with the seed %s names the setting that allows it, and that it needs a new start',
    async (seed, setting) => {
      const document = await commands().file({ name: 'Inside', seeds: [SEED, seed] });
      const { code, stderr } = await commands().run('campaigns', 'create', '--file', document);
      expect(code).toBe(2);
      const line = stderr.split('\n').find((one) => one.startsWith('  seeds.1: '));
      expect(line).toContain(`The platform allows it when it is started anew with the setting ${setting}`);
    },
  );

  it('names no setting for what can never be crawled', async () => {
    const document = await commands().file({ name: 'Inside', seeds: ['http://224.0.0.1/'] });
    const { stderr } = await commands().run('campaigns', 'create', '--file', document);
    expect(stderr).toContain('  seeds.0: ');
    expect(stderr).not.toContain('OUTRIDER_');
  });

  it('of more seeds than a request carries says how many bytes it takes, and `seeds add` takes the rest', async () => {
    const seeds = Array.from({ length: 30_000 }, (_, at) => `https://example.org/a-page-of-the-site/${at}`);
    const document = await commands().file({ name: 'Large', seeds });
    const refused = await commands().run('campaigns', 'create', '--file', document);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(
      /At most 1,048,576 bytes[\s\S]*outrider seeds add <campaign> --file <path>/,
    );
    await create('Large');
    const list = await commands().file(seeds.join('\r\n'));
    expect(await commands().json('seeds', 'add', 'Large', '--file', list)).toMatchObject({
      ...{ accepted: 30_000, duplicate: 0, invalid: 0 },
    });
  });
});

it('a crawl that the running platform refuses says that it must be started anew with the setting', async () => {
  const { code, stdout, stderr } = await commands().run('crawl', 'http://127.0.0.1:9/');
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain('  seeds.0: The address lies in a private or reserved network');
  expect(stderr).toContain(`the platform at ${commands().api.origin} runs already`);
  expect(stderr).toContain('\n  OUTRIDER_ALLOW_PRIVATE_NETWORKS=1 outrider up\n');
});

it('seeds are listed, added and removed by campaign', async () => {
  await create('Seeded');
  const added = await commands().run('seeds', 'add', 'Seeded', 'https://example.org/a', 'nonsense');
  expect(added).toMatchObject({ code: 2, stdout: '' });
  expect(added.stderr).toMatch(/^Seeds: 1 added, 0 there already, 1 refused\.\n {2}2\. nonsense: /);
  const removed = await commands().run('seeds', 'remove', 'Seeded', SEED);
  expect(removed).toMatchObject({ code: 0, stdout: 'Removed 1 seed.\n' });
  const { items } = await commands().json<{ items: Seed[] }>('seeds', 'Seeded');
  expect(items.map(({ url }) => url)).toEqual(['https://example.org/a']);
});

it('a line that is too long for any request is refused by itself, and the others are added', async () => {
  const { id } = await create('Overlong');
  const seeds = ['https://example.org/a', 'x'.repeat(150_000), 'https://example.org/b', 'nonsense'];
  const list = await commands().file(seeds.join('\n'));
  const { code, stderr } = await commands().run('seeds', 'add', id, '--file', list);
  expect(code).toBe(2);
  const [counts, ...refused] = stderr.trimEnd().split('\n');
  expect(counts).toBe('Seeds: 2 added, 0 there already, 2 refused.');
  expect(refused).toEqual([
    `  2. ${'x'.repeat(200)}: The URL is longer than 2,083 characters`,
    expect.stringMatching(/^ {2}4\. nonsense: /),
  ]);
  const removed = await commands().run('seeds', 'remove', id, '--file', list);
  expect(removed).toMatchObject({ code: 0, stdout: 'Removed 2 seeds.\n' });
});

it('a campaign deleted for good cannot be restored, also when it was deleted before', async () => {
  const { id } = await create('Gone');
  const { stdout } = await commands().run('campaigns', 'delete', 'Gone', '--for-good');
  expect(stdout).toBe(`Deleted campaign "Gone" (${id}). It cannot be restored.\n`);
  expect(await commands().run('campaigns', 'restore', 'Gone')).toMatchObject({ code: 5 });
  await create('Gone twice');
  expect(await commands().run('campaigns', 'delete', 'Gone twice')).toMatchObject({ code: 0 });
  expect(await commands().run('campaigns', 'delete', 'Gone twice', '--for-good')).toMatchObject({ code: 0 });
  const deleted = await commands().api.call('GET', '/deleted-campaigns');
  expect(deleted.body.items as unknown as DeletedCampaign[]).toEqual([]);
});

it('a name that a campaign and a deleted one bear is not deleted for good by guess', async () => {
  const { id: deleted } = await create('Reused');
  expect(await commands().run('campaigns', 'delete', 'Reused')).toMatchObject({ code: 0 });
  const { id: present } = await create('Reused');
  const refused = await commands().run('campaigns', 'delete', 'Reused', '--for-good');
  expect([refused.code, refused.stdout]).toEqual([2, '']);
  expect(refused.stderr).toMatch(
    new RegExp(
      `^2 campaigns are named "Reused"\\. Use an id:\n {2}${present} {2}made .+\n {2}${deleted} {2}deleted `,
    ),
  );
  for (const id of [deleted, present]) {
    const { code, stdout } = await commands().run('campaigns', 'delete', id, '--for-good');
    expect([code, stdout]).toEqual([0, `Deleted campaign "Reused" (${id}). It cannot be restored.\n`]);
  }
});

it('of two campaigns of a name a command asks which, and says when each was made', async () => {
  const [one, other] = [await create('Twins'), await create('Twins')];
  const { code, stdout, stderr } = await commands().run('campaigns', 'show', 'Twins');
  expect([code, stdout]).toEqual([2, '']);
  const made = ({ id, createdAt }: Campaign) =>
    `  ${id}  made ${createdAt.slice(0, 10)} ${createdAt.slice(11, 19)}Z`;
  expect(stderr.trimEnd().split('\n').slice(1)).toEqual([made(other), made(one)]);
  expect(await commands().run('campaigns', 'show', one.id)).toMatchObject({ code: 0 });
});

it('a refusal says what is the matter, not only what to do', async () => {
  const { id } = await create('Busy');
  await commands().json('start', 'Busy');
  const { code, stderr } = await commands().run('campaigns', 'delete', id);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^The campaign cannot be deleted while it has an execution\. Stop its execution first\. \(campaign_busy, request [^)]+\)\n$/,
  );
});

it('who would resume what was stopped is told how to begin anew', async () => {
  const { id: campaignId } = await create('Halted');
  const { id } = await commands().json<{ id: string }>('start', 'Halted');
  await commands().json('stop', id);
  for (const reference of [id, 'Halted']) {
    const { code, stderr } = await commands().run('resume', reference);
    expect(code).toBe(1);
    expect(stderr).toContain('it has ended already and is stopped');
    expect(stderr).toContain(`\n  outrider start ${campaignId} `);
    expect(stderr).toContain(`\n  outrider repeat ${id} `);
  }
  await create('Never run');
  const { stderr } = await commands().run('resume', 'Never run');
  expect(stderr).toMatch(/no execution that is going on[\s\S]*\n {2}outrider start 'Never run'\n$/);
});

import { type TrapBudget, trapRule } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import type { LaneHold } from '../lanes/take-lane.js';
import { REASONS_OF_THE_WAY } from '../records/allow-skipped-discoveries.js';
import type { Discovery } from '../records/settlement.js';
import { budgetKey } from './budget-key.js';

/** One budget that discoveries of a batch use, with what the execution had taken of it before. */
interface Account {
  readonly key: string;
  readonly budget: TrapBudget;
  taken: number;
  refused: number;
  /** Units that were taken before or by this batch, by their keys. Not used where URLs are counted. */
  readonly units: Map<string, { readonly name: string; readonly isNew: boolean }>;
}

/**
 * Turns those discoveries of a batch that would pass a trap budget into skipped ones, and counts the
 * others. Discoveries without budgets, which are nearly all, cost nothing. The rows of the budgets are
 * locked, in the order of their keys, until the transaction ends: so lanes that find the same calendar at
 * once take no more than its budget together. URLs that are on the frontier already use up nothing, and
 * of one batch those closest to a seed come first.
 */
export async function keepTrapBudgets(
  tx: Tx,
  hold: LaneHold,
  discoveries: readonly Discovery[],
): Promise<readonly Discovery[]> {
  const counted = discoveries.filter(isCounted);
  if (counted.length === 0) return discoveries;
  const accounts = await openAccounts(tx, hold, counted);
  const known = await knownKeys(tx, hold, counted, accounts);
  const verdicts = new Map<string, TrapBudget | null>();
  for (const found of [...counted].sort((a, b) => a.depth - b.depth)) {
    if (known.has(found.urlKey) || verdicts.has(found.urlKey)) continue;
    verdicts.set(found.urlKey, spend(found.budgets ?? [], accounts));
  }
  await writeAccounts(tx, hold, [...accounts.values()]);
  return discoveries.map((found) => {
    const passed = isCounted(found) ? (verdicts.get(found.urlKey) ?? null) : null;
    return passed === null ? found : { ...found, skip: { reason: 'trap', rule: trapRule(passed) } };
  });
}

function isCounted({ skip, budgets }: Discovery): boolean {
  return skip === null && budgets !== undefined && budgets.length > 0;
}

/** Locks the rows of the budgets, making those that are not there yet, and reads them. */
async function openAccounts(
  tx: Tx,
  hold: LaneHold,
  counted: readonly Discovery[],
): Promise<Map<string, Account>> {
  const accounts = new Map<string, Account>();
  for (const budget of counted.flatMap(({ budgets }) => budgets ?? [])) {
    const key = budgetKey(budget);
    const account = accounts.get(key);
    if (account !== undefined) account.taken += budget.carry ?? 0;
    else accounts.set(key, { key, budget, taken: budget.carry ?? 0, refused: 0, units: new Map() });
  }
  const all = [...accounts.values()];
  const rows = await tx.sql<{ budget_key: string; taken: number }[]>`
    insert into trap_budgets (execution_id, tenant_id, budget_key, option, pattern)
    select ${hold.executionId}, ${hold.tenantId}, budget_key, option, pattern
    from unnest(${all.map(({ key }) => key)}::uuid[], ${all.map(({ budget }) => budget.option)}::text[],
      ${all.map(({ budget }) => budget.pattern)}::text[]) as budget (budget_key, option, pattern)
    order by budget_key
    on conflict (execution_id, budget_key) do update set taken = trap_budgets.taken
    returning budget_key, taken`;
  for (const { budget_key: key, taken } of rows) {
    const account = accounts.get(key);
    if (account !== undefined) account.taken += taken;
  }
  return accounts;
}

/**
 * Which of the URLs the execution has decided on for good: not those that it skipped for the way to them, which
 * are on the frontier only from now on and use up what any other URL does. Notes on the way which units were
 * taken before.
 */
async function knownKeys(
  tx: Tx,
  hold: LaneHold,
  counted: readonly Discovery[],
  accounts: ReadonlyMap<string, Account>,
): Promise<ReadonlySet<string>> {
  const units = new Map<string, { account: Account; name: string }>();
  for (const budget of counted.flatMap(({ budgets }) => budgets ?? [])) {
    const account = accounts.get(budgetKey(budget));
    if (budget.unit !== null && account !== undefined) {
      units.set(budgetKey(budget, budget.unit), { account, name: budget.unit });
    }
  }
  const [urls, taken] = await Promise.all([
    tx.sql<{ url_hash: string }[]>`
      select url_hash from url_discovery_log
      where execution_id = ${hold.executionId} and url_hash = any(${counted.map(({ urlKey: key }) => key)}::uuid[])
        and (should_crawl or skip_reason <> all(${[...REASONS_OF_THE_WAY]}::text[]))`,
    tx.sql<{ budget_key: string }[]>`
      select budget_key from trap_budgets
      where execution_id = ${hold.executionId} and budget_key = any(${[...units.keys()]}::uuid[])`,
  ]);
  for (const { budget_key: key } of taken) {
    const unit = units.get(key);
    unit?.account.units.set(key, { name: unit.name, isNew: false });
  }
  return new Set(urls.map(({ url_hash: key }) => key));
}

/** Takes one URL out of its budgets, or, when one of them is used up, out of none: that one is returned. */
function spend(budgets: readonly TrapBudget[], accounts: ReadonlyMap<string, Account>): TrapBudget | null {
  const open = budgets.flatMap((budget) => {
    const account = accounts.get(budgetKey(budget));
    const isTaken = budget.unit !== null && account?.units.has(budgetKey(budget, budget.unit));
    return account === undefined || isTaken === true ? [] : [{ budget, account }];
  });
  const passed = open.find(({ budget, account }) => account.taken >= budget.limit);
  if (passed !== undefined) {
    passed.account.refused += 1;
    return passed.budget;
  }
  for (const { budget, account } of open) {
    account.taken += 1;
    if (budget.unit !== null) {
      account.units.set(budgetKey(budget, budget.unit), { name: budget.unit, isNew: true });
    }
  }
  return null;
}

async function writeAccounts(tx: Tx, hold: LaneHold, accounts: readonly Account[]): Promise<void> {
  const units = accounts.flatMap(({ budget, units: all }) =>
    [...all].filter(([, { isNew }]) => isNew).map(([key, { name }]) => ({ key, name, budget })),
  );
  await Promise.all([
    tx.sql`
      update trap_budgets set taken = account.taken, refused = trap_budgets.refused + account.refused
      from unnest(${accounts.map(({ key }) => key)}::uuid[], ${accounts.map(({ taken }) => taken)}::int[],
        ${accounts.map(({ refused }) => refused)}::int[]) as account (budget_key, taken, refused)
      where trap_budgets.execution_id = ${hold.executionId} and trap_budgets.budget_key = account.budget_key`,
    ...(units.length === 0 ? [] : [insertUnits(tx, hold, units)]),
  ]);
}

function insertUnits(
  tx: Tx,
  hold: LaneHold,
  units: readonly { readonly key: string; readonly name: string; readonly budget: TrapBudget }[],
): Promise<unknown> {
  return tx.sql`
    insert into trap_budgets (execution_id, tenant_id, budget_key, option, pattern, unit, taken)
    select ${hold.executionId}, ${hold.tenantId}, budget_key, option, pattern, unit, 1
    from unnest(${units.map(({ key }) => key)}::uuid[], ${units.map(({ budget }) => budget.option)}::text[],
      ${units.map(({ budget }) => budget.pattern)}::text[], ${units.map(({ name }) => name)}::text[])
      as unit_ (budget_key, option, pattern, unit)
    order by budget_key`;
}

import type { ExecutionDetail } from '@outrider/shared';
import { expect, it } from 'vitest';
import { sampleExecution } from '../report/testing/sample-execution.js';
import { createWaitingRemarks } from './waiting-remarks.js';

/** The remarks that these states give, one after the other. */
function remarksOn(...states: Partial<ExecutionDetail>[]): string[] {
  const said: string[] = [];
  const remark = createWaitingRemarks((line) => said.push(line), 'outrider');
  for (const state of states) remark(sampleExecution({ status: 'running', ...state }));
  return said;
}

it('a crawl that needs a browser nobody has says so at once, with what to do', () => {
  const waiting = { waitingReason: 'no_browser_worker' } as const;
  const [remark, ...others] = remarksOn({}, waiting, waiting);
  expect(remark).toMatch(/no worker has a browser.*CHROMIUM_PATH.*`outrider doctor`/);
  expect(others).toEqual([]);
});

it('a reason that comes back is said again', () => {
  const frozen = { waitingReason: 'host_frozen' } as const;
  const said = remarksOn(frozen, {}, frozen);
  expect(said).toHaveLength(2);
  expect(said[0]).toContain('`outrider hosts release <host>`');
});

it('a paused crawl names who paused it, and the command that lets it go on', () => {
  const [remark] = remarksOn({ status: 'paused', waitingReason: 'paused_by', orderedBy: 'a key\u001b[2J' });
  expect(remark).toContain('Paused: a key\ufffd[2J.');
  expect(remark).toContain(`\`outrider resume ${sampleExecution().id}\``);
});

it('what ends by itself is left to the progress line', () => {
  expect(remarksOn({ waitingReason: 'host_backoff' }, { waitingReason: 'dispatch' })).toEqual([]);
});

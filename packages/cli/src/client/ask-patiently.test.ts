import { describe, expect, it } from 'vitest';
import { ApiProblem, ApiUnreachable } from './api-problem.js';
import { askPatiently } from './ask-patiently.js';

const problem = (status: number, code: string): ApiProblem =>
  new ApiProblem({ status, code, detail: `It said ${status}.`, requestId: 'r', fields: [] });
const refused = new ApiUnreachable('http://127.0.0.1:1', new Error('connect ECONNREFUSED'));

/** Asks something that fails with these errors one after the other and then answers. */
async function ask(errors: readonly Error[], patienceMs = 5_000) {
  const said: string[] = [];
  const left = [...errors];
  const question = (): Promise<string> => {
    const error = left.shift();
    return error === undefined ? Promise.resolve('answer') : Promise.reject(error);
  };
  const outcome = await askPatiently(question, {
    onTrouble: (reason) => said.push(reason),
    onRecovery: () => said.push('recovered'),
    patienceMs,
    pauseMs: 1,
  }).catch((error: unknown) => error);
  return { outcome, said, unasked: left.length };
}

describe('askPatiently', () => {
  it('waits through refused connections and 5xx answers, and says so once', async () => {
    const errors = [refused, problem(503, 'service_unavailable'), problem(502, 'unexpected_answer'), refused];
    expect(await ask(errors)).toEqual({
      outcome: 'answer',
      said: [refused.message, 'recovered'],
      unasked: 0,
    });
  });

  it('says nothing when the first answer is good', async () => {
    expect(await ask([])).toEqual({ outcome: 'answer', said: [], unasked: 0 });
  });

  it.each([400, 401, 403, 404, 409])('gives an answer %d on at once', async (status) => {
    const error = problem(status, 'x');
    expect(await ask([error, refused])).toEqual({ outcome: error, said: [], unasked: 1 });
  });

  it('gives on at once what is not of the contract, and what is no answer of the API', async () => {
    const errors = [problem(200, 'unexpected_answer'), new TypeError('x')];
    for (const error of errors) expect((await ask([error])).outcome).toBe(error);
  });

  it('gives up with the exit code of an unreachable platform when its patience ends', async () => {
    const { outcome, said } = await ask(Array<Error>(10_000).fill(problem(503, 'service_unavailable')), 20);
    expect(outcome).toMatchObject({ name: 'CliError', exit: 'unreachable' });
    expect(String(outcome)).toContain('It said 503.');
    expect(said).toEqual(['It said 503.']);
  });
});

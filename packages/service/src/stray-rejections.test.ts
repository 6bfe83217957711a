import { DatabaseConnectionError } from '@outrider/db';
import { createLogger } from '@outrider/telemetry';
import { expect, it } from 'vitest';
import { createStrayRejectionHandler } from './stray-rejections.js';

function setup(): { handle: (reason: unknown) => void; exits: number[]; lines: string[] } {
  const exits: number[] = [];
  const lines: string[] = [];
  const logger = createLogger({
    name: 'test',
    level: 'info',
    destination: { write: (line) => void lines.push(line) },
  });
  return { handle: createStrayRejectionHandler(logger, (code) => void exits.push(code)), exits, lines };
}

it('a connection cut while it opens is logged and survived', () => {
  const { handle, exits, lines } = setup();
  handle(new DatabaseConnectionError('CONNECTION_CLOSED', 'gone'));
  handle(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
  expect(exits).toEqual([]);
  expect(lines).toHaveLength(2);
});

it('any other stray rejection is logged and ends the process', () => {
  const { handle, exits, lines } = setup();
  handle(new TypeError('undefined is not a function'));
  expect(exits).toEqual([1]);
  expect(lines[0]).toContain('undefined is not a function');
});

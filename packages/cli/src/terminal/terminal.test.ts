import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { openTerminal } from './terminal.js';

function streams(isTTY: boolean, columns = 20) {
  const out = new PassThrough({ encoding: 'utf8' });
  const err = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY, columns });
  let now = 0;
  const terminal = openTerminal({ out, err }, () => now);
  const read = (stream: PassThrough): string => String(stream.read() ?? '');
  return { terminal, said: () => read(err), printed: () => read(out), pass: (ms: number) => (now += ms) };
}

describe('the progress line', () => {
  it('on a terminal is one line that is rewritten, no wider than it, and makes way for remarks', () => {
    const { terminal, said, printed } = streams(true);
    terminal.progress('a'.repeat(50));
    expect(said()).toBe(`\r\u001b[2K${'a'.repeat(19)}`);
    terminal.progress('a'.repeat(50));
    expect(said()).toBe('');
    terminal.note('look');
    expect(said()).toBe(`\r\u001b[2Klook\n\r\u001b[2K${'a'.repeat(19)}`);
    terminal.print('result');
    expect([said(), printed()]).toEqual(['\r\u001b[2K', 'result\n']);
  });

  it('takes a terminal that does not know its width for an ordinary one', () => {
    const { terminal, said } = streams(true, 0);
    terminal.progress('a'.repeat(100));
    expect(said()).toBe(`\r\u001b[2K${'a'.repeat(79)}`);
  });

  it('elsewhere is a line every five seconds', () => {
    const { terminal, said, pass } = streams(false);
    terminal.progress('one');
    terminal.progress('two');
    pass(4_999);
    terminal.progress('three');
    pass(1);
    terminal.progress('four');
    terminal.progress(null);
    expect(said()).toBe('one\nfour\n');
  });
});

it('a reader that went away is no error', async () => {
  const { terminal } = streams(false);
  const out = new PassThrough();
  const closed = openTerminal({ out, err: new PassThrough() });
  out.destroy(new Error('EPIPE'));
  closed.print('nobody hears this');
  await closed.flush();
  await terminal.flush();
});

import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { type DevtoolsEvent, DevtoolsPipe } from './devtools-pipe.js';

/** A pipe whose other end is the test's. */
function openPipe(answerMs?: number) {
  const output = new PassThrough();
  const input = new PassThrough();
  let ended = 0;
  const devtools = new DevtoolsPipe(
    output,
    input,
    () => {
      ended += 1;
    },
    answerMs,
  );
  const events: DevtoolsEvent[] = [];
  devtools.listen('', (event) => events.push(event));
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    devtools,
    events,
    ended: () => ended,
    /** Sends this in pieces, as a pipe does. */
    async say(text: string): Promise<void> {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; at += 65_536) {
        await new Promise((resolve) => input.write(bytes.subarray(at, at + 65_536), resolve));
      }
      await settled();
    },
  };
}

/** A page that logs a text of this many bytes. */
const logged = (bytes: number): string =>
  `${JSON.stringify({ method: 'Runtime.consoleAPICalled', params: { text: 'x'.repeat(bytes) } })}\0`;
const MIB = 1_048_576;

describe('the pipe to a browser', () => {
  it('takes messages in any pieces, and several in one', async () => {
    const { devtools, events, say, ended } = openPipe();
    const answer = devtools.send('Browser.getVersion');
    await say('{"id":1,"res');
    await say('ult":{"product":"é"}}\0{"method":"a"}\0{"method":"b"}\0{"met');
    await say(`hod":"c"}\0${logged(100_000)}`);
    expect(await answer).toEqual({ product: 'é' });
    expect(events.map(({ method }) => method)).toEqual(['a', 'b', 'c', 'Runtime.consoleAPICalled']);
    expect(ended()).toBe(0);
  });

  it('that brings a longer message than any may be ends the browser, and nothing else', async () => {
    const { devtools, events, say, ended } = openPipe();
    const answer = devtools.send('Browser.getVersion');
    const refused = expect(answer).rejects.toMatchObject({
      connectionLost: true,
      message: expect.stringMatching(/a message of more than 16777216 bytes/),
    });
    await say(logged(15 * MIB));
    expect([events.length, ended()]).toEqual([1, 0]);
    await say(logged(17 * MIB));
    await refused;
    expect(ended()).toBe(1);
    expect(devtools.isClosed).toBe(true);
    await say('{"method":"late"}\0');
    expect(events).toHaveLength(1);
    await expect(devtools.send('Browser.getVersion')).rejects.toMatchObject({ connectionLost: true });
  });

  it('lets a document of the length that is awaited through, whatever it consists of', async () => {
    const { devtools, say, ended } = openPipe();
    devtools.admit(4 * MIB);
    const answer = devtools.send('Runtime.evaluate');
    await say(`{"id":1,"result":{"html":"${'\\u0001'.repeat(4 * MIB)}"}}\0`);
    expect(String((await answer)['html']).length).toBe(4 * MIB);
    expect(ended()).toBe(0);
  });

  it.each([
    ['no JSON', 'no JSON\0'],
    ['not an object', 'null\0'],
    ['one that its listener cannot handle', '{"method":"bad","sessionId":"page"}\0'],
  ])('that brings %s ends the browser, and nothing is thrown', async (_, message) => {
    const { devtools, say, ended } = openPipe();
    devtools.listen('page', () => {
      throw new Error('no such thing');
    });
    await say(message);
    expect(ended()).toBe(1);
    expect(devtools.closedBy).toMatch(/could not be handled/);
  });

  it('ends a browser that does not answer what needs no page', async () => {
    const { devtools, say, ended } = openPipe(200);
    const answered = devtools.demand('Target.createTarget');
    await say('{"id":1,"result":{"targetId":"x"}}\0');
    expect(await answered).toEqual({ targetId: 'x' });
    const other = expect(devtools.send('Page.navigate')).rejects.toMatchObject({ connectionLost: true });
    await expect(devtools.demand('Target.createTarget')).rejects.toMatchObject({
      connectionLost: true,
      message: 'the browser hangs: no answer to Target.createTarget within 200 ms',
    });
    await other;
    expect(ended()).toBe(1);
  });
});

import { get, type IncomingMessage } from 'node:http';

/** A message of a stream of server-sent events, as a browser would dispatch it. */
export interface StreamMessage {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

export interface OpenedStream {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly messages: readonly StreamMessage[];
  /** Stops reading from the connection, which stays open. */
  pause(): void;
  close(): void;
  /** Resolves when the server ends it. */
  readonly ended: Promise<void>;
}

/** Opens a stream of events and reads it until it is closed. */
export function readStream(url: string, headers: Readonly<Record<string, string>>): Promise<OpenedStream> {
  return new Promise((resolve, reject) => {
    const request = get(
      url,
      { agent: false, headers: { accept: 'text/event-stream', ...headers } },
      (answer) => {
        const messages: StreamMessage[] = [];
        let text = '';
        answer.setEncoding('utf8').on('data', (piece: string) => {
          const blocks = (text + piece).split('\n\n');
          text = blocks.pop() ?? '';
          messages.push(...blocks.flatMap(messageOf));
        });
        answer.on('error', () => undefined);
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          messages,
          pause: () => answer.pause(),
          close: () => request.destroy(),
          ended: new Promise((ended) => answer.once('close', () => ended())),
        });
      },
    );
    request.on('error', reject);
  });
}

/** A block without data is a comment or a setting. */
function messageOf(block: string): StreamMessage[] {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    fields.set(name, value);
  }
  const data = fields.get('data');
  return data === undefined
    ? []
    : [{ id: fields.get('id') ?? '', event: fields.get('event') ?? 'message', data }];
}

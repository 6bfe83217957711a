/** A message of a stream of server-sent events. */
export interface StreamMessage {
  /** `message` unless it was named. */
  readonly event: string;
  readonly data: string;
}

/**
 * Takes server-sent events (WHATWG HTML, 9.2.6) as their text arrives, in pieces of any size; each call gives the messages
 * that are complete by now. Comments and fields that nobody here needs are passed over.
 */
export function createStreamReader(): (piece: string) => StreamMessage[] {
  let rest = '';
  let event = '';
  let data: string[] = [];
  return (piece) => {
    const messages: StreamMessage[] = [];
    const lines = (rest + piece).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0)
          messages.push({ event: event === '' ? 'message' : event, data: data.join('\n') });
        event = '';
        data = [];
        continue;
      }
      const colon = line.indexOf(':');
      const name = colon === -1 ? line : line.slice(0, colon);
      const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
      if (name === 'event') event = value;
      if (name === 'data') data.push(value);
    }
    return messages;
  };
}

import { OutriderError } from '@outrider/shared';
import type { BodyStream } from './body-stream.js';
import { parseStrictJson } from './strict-json.js';

/** Reads a whole body as JSON. Throws `invalid_json`, also for bytes that are not UTF-8, and what `openBody` throws. */
export async function readJson(body: BodyStream): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of body.chunks) chunks.push(chunk);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch (error) {
    throw new OutriderError('invalid_json', 'It is not in UTF-8.', { cause: error });
  }
  return parseStrictJson(text);
}

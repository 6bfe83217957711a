import { request } from 'undici';
import { type PlatformFile, readPlatformFile } from './platform-file.js';

const ANSWER_LIMIT_MS = 2_000;

/**
 * The platform that runs in this data directory and answers; null when there is none. The process number
 * of a killed platform may belong to another program by now, so the API is asked too.
 */
export async function findPlatform(dataDir: string): Promise<PlatformFile | null> {
  const file = await readPlatformFile(dataDir);
  if (file === null) return null;
  try {
    const { statusCode, body } = await request(`${file.apiUrl}/healthz`, {
      headersTimeout: ANSWER_LIMIT_MS,
      bodyTimeout: ANSWER_LIMIT_MS,
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    });
    await body.dump();
    return statusCode === 200 ? file : null;
  } catch {
    return null;
  }
}

import { describe, expect, it } from 'vitest';
import { crewEnvironment, databaseUrlsOf, localApiUrl, metricsPort } from './crew-environment.js';

const EMBEDDED = { databaseUrl: 'postgres://x/outrider', queueUrl: 'postgres://x/outrider_queue' };
const OUTSIDE = { databaseUrl: 'postgres://y/z', queueUrl: 'postgres://y/z' };

describe('crewEnvironment', () => {
  it('names the embedded databases, the folder and the supervisor', () => {
    expect(crewEnvironment({ PATH: '/bin' }, '/data', EMBEDDED)).toEqual({
      PATH: '/bin',
      DATABASE_URL: EMBEDDED.databaseUrl,
      QUEUE_DATABASE_URL: EMBEDDED.queueUrl,
      OUTRIDER_DATA_DIR: '/data',
      OUTRIDER_SUPERVISED: '1',
    });
  });

  it('leaves the queue to its own rules on an outside server, and to the person who set it', () => {
    expect(crewEnvironment({}, '/data', OUTSIDE)['QUEUE_DATABASE_URL']).toBeUndefined();
    const chosen = { QUEUE_DATABASE_URL: 'postgres://q' };
    expect(crewEnvironment(chosen, '/data', EMBEDDED)['QUEUE_DATABASE_URL']).toBe('postgres://q');
  });
});

describe('what processes say and are told', () => {
  it('a ready line without databases is refused', () => {
    expect(databaseUrlsOf({ ready: true, ...EMBEDDED })).toEqual(EMBEDDED);
    expect(() => databaseUrlsOf({ ready: true })).toThrow(TypeError);
  });

  it('each process gets a metrics port of its own', () => {
    expect([0, 1, 2].map((index) => metricsPort(9_100, index))).toEqual(['9100', '9101', '9102']);
    expect([0, 1].map((index) => metricsPort(0, index))).toEqual(['0', '0']);
  });

  it.each([
    ['127.0.0.1', 'http://127.0.0.1:80'],
    ['0.0.0.0', 'http://127.0.0.1:80'],
    ['::', 'http://127.0.0.1:80'],
    ['::1', 'http://[::1]:80'],
    ['box.local', 'http://box.local:80'],
  ])('an API on %s is reached at %s', (host, url) => {
    expect(localApiUrl(host, 80)).toBe(url);
  });
});

import { describe, expect, it } from 'vitest';
import { OutriderError } from '../errors/error-catalogue.js';
import { readDocumentedTable } from '../testing/markdown-table.js';
import { parseSettings, SETTINGS, type SettingName } from './settings.js';

const DEFAULTS = parseSettings({});

/** A default as the document writes it. */
function defaultText(name: SettingName): string {
  const value = DEFAULTS[name];
  return value === undefined ? 'unset' : Array.isArray(value) && value.length === 0 ? 'none' : String(value);
}

const problemsOf = (environment: Record<string, string>): string => {
  try {
    parseSettings(environment);
    return '';
  } catch (error) {
    expect(error).toBeInstanceOf(OutriderError);
    expect((error as OutriderError).code).toBe('invalid_settings');
    return (error as OutriderError).message;
  }
};

describe('the settings', () => {
  it('are the table of docs/settings.md, both ways, with their defaults', () => {
    const expected = Object.entries(SETTINGS).map(([name, { meaning }]) => ({
      Variable: name,
      Default: defaultText(name as SettingName),
      Meaning: meaning.replaceAll('`', ''),
    }));
    expect(readDocumentedTable('settings.md', 'Settings')).toEqual(expected);
  });

  it('need nothing to be set', () => {
    expect(DEFAULTS).toMatchObject({
      PORT: 3000,
      OUTRIDER_HOST: '127.0.0.1',
      OUTRIDER_DATA_DIR: '.outrider',
      DATABASE_URL: undefined,
      REDIS_URL: undefined,
      OUTRIDER_ALLOW_PRIVATE_NETWORKS: false,
      OUTRIDER_ALLOWED_PORTS: [],
    });
  });

  it('read what is set, and nothing else of the environment', () => {
    const settings = parseSettings({
      PORT: ' 8080 ',
      REDIS_URL: 'rediss://u:p@host:6380/1\n',
      OUTRIDER_ALLOW_PRIVATE_NETWORKS: '1',
      OUTRIDER_ALLOWED_PORTS: '8080, 8443,',
      HOME: '/root',
    });
    expect(settings).toMatchObject({
      PORT: 8080,
      REDIS_URL: 'rediss://u:p@host:6380/1',
      OUTRIDER_ALLOW_PRIVATE_NETWORKS: true,
      OUTRIDER_ALLOWED_PORTS: [8080, 8443],
    });
    expect(Object.keys(settings).sort()).toEqual(Object.keys(SETTINGS).sort());
  });

  it.each(['', ' ', '\t\n'])('take a variable that is %j for unset', (blank) => {
    const blanks = Object.fromEntries(Object.keys(SETTINGS).map((name) => [name, blank]));
    expect(parseSettings(blanks)).toEqual(DEFAULTS);
  });

  it.each([
    ['PORT', 'x'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '80.5'],
    ['DATABASE_URL', 'mysql://secret@h'],
    ['QUEUE_DATABASE_URL', 'secret'],
    ['REDIS_URL', 'http://secret'],
    ['OUTRIDER_API_URL', 'javascript:secret'],
    ['OUTRIDER_API_URL', 'secret'],
    ['OUTRIDER_ALLOW_PRIVATE_NETWORKS', 'yes'],
    ['OUTRIDER_ALLOWED_PORTS', '80,abc'],
    ['OUTRIDER_ALLOWED_PORTS', '0'],
    ['OUTRIDER_WORKERS', '0'],
    ['OUTRIDER_LANE_LEASE_MS', '10'],
    ['LOG_LEVEL', 'loud'],
  ])('refuse %s=%s, naming the variable and not the value', (name, value) => {
    const problems = problemsOf({ [name]: value });
    expect(problems).toContain(`${name}: `);
    expect(problems).not.toContain('secret');
  });

  it.each([
    ['PORT', 'abc', 'PORT: must be a whole number from 0 to 65535'],
    ['PORT', '70000', 'PORT: must be a whole number from 0 to 65535'],
    ['OUTRIDER_WORKERS', '1.5', 'OUTRIDER_WORKERS: must be a whole number from 1 to 64'],
    [
      'OUTRIDER_ALLOWED_PORTS',
      '80,abc',
      'OUTRIDER_ALLOWED_PORTS: must be whole numbers from 1 to 65535, separated by commas',
    ],
    ['OUTRIDER_SUPERVISED', 'maybe', 'OUTRIDER_SUPERVISED: must be 1, true, 0 or false'],
    ['DATABASE_URL', 'mysql://h', 'DATABASE_URL: must be a postgres:// URL'],
    ['LOG_LEVEL', 'loud', 'LOG_LEVEL: must be one of trace, debug, info, warn, error, silent'],
  ])('answer %s=%s with a sentence that says what to write', (name, value, sentence) => {
    expect(problemsOf({ [name]: value })).toBe(sentence);
  });

  it('name every variable that is wrong at once', () => {
    const problems = problemsOf({ PORT: 'x', LOG_LEVEL: 'loud', REDIS_URL: 'redis://fine' });
    expect(problems.split('\n')).toHaveLength(2);
  });

  it('cannot be changed afterwards', () => {
    expect(Object.isFrozen(DEFAULTS)).toBe(true);
    expect(Object.isFrozen(DEFAULTS.OUTRIDER_ALLOWED_PORTS)).toBe(true);
  });
});

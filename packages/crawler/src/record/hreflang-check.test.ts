import { createUrlIdentity } from '@outrider/shared';
import { describe, expect, it } from 'vitest';
import { parsePage } from '../testing/test-target.js';
import { checkHreflang } from './hreflang-check.js';
import { isHreflangCode } from './language-codes.js';

const PAGE = 'http://a.test/en';

const IDENTIFY = createUrlIdentity({ stripParams: [';jsessionid'], sortParams: false });

function check(html: string) {
  return checkHreflang(PAGE, parsePage(PAGE, html).indexing.hreflangs, IDENTIFY);
}

describe('hreflang', () => {
  it.each(['de', 'de-at', 'zh-hant', 'zh-hant-tw', 'x-default', 'en-gb'])('%s is a code', (code) => {
    expect(isHreflangCode(code)).toBe(true);
  });

  it.each([
    '',
    'en-uk',
    'xx',
    'en-',
    'english',
    'en_us',
    'de-at-vienna',
    'gb',
    'at',
    'es-419',
    'eng',
    'x-other',
  ])('%j is none', (code) => {
    expect(isHreflangCode(code)).toBe(false);
  });

  it('a page without any is not checked', () => {
    expect(check('<title>x')).toBeNull();
  });

  it('a whole set is right', () => {
    expect(
      check(`<link rel=alternate hreflang=en href=/en><link rel=alternate hreflang=DE href=/de>
        <link rel=alternate hreflang=x-default href=/>`),
    ).toEqual({
      selfReference: true,
      xDefault: true,
      invalidCodes: [],
      conflictingCodes: [],
      brokenTargets: 0,
      outsideHead: 0,
    });
  });

  it('a target in another spelling is the same page', () => {
    expect(
      check(`<link rel=alternate hreflang=en href="/en;jsessionid=CD"><link rel=alternate hreflang=de
        href="/de;jsessionid=CD"><link rel=alternate hreflang=de href=/de>`),
    ).toMatchObject({ selfReference: true, conflictingCodes: [] });
  });

  it('a set tells what is wrong with it', () => {
    expect(
      check(`<link rel=alternate hreflang=en-UK href=/uk><link rel=alternate hreflang=de href=/de>
        <link rel=alternate hreflang=de href=/de2><link rel=alternate hreflang=fr href="javascript:x">
        <p><link rel=alternate hreflang=it href=/it>`),
    ).toEqual({
      selfReference: false,
      xDefault: false,
      invalidCodes: ['en-uk'],
      conflictingCodes: ['de'],
      brokenTargets: 1,
      outsideHead: 1,
    });
  });
});

import { describe, expect, it } from 'vitest';
import { declaredType } from './declared-type.js';

describe('the declared type', () => {
  it.each<[string[], string | null]>([
    [[], null],
    [[''], ''],
    [['text/html; charset=utf-8'], 'text/html; charset=utf-8'],
    [['text/plain', 'text/html'], 'text/html'],
    [['text/html,text/html; charset=utf-8'], 'text/html; charset=utf-8'],
    [['text/html; charset=utf-8, text/html'], 'text/html; charset=utf-8'],
    [['text/html; charset=utf-8', 'TEXT/HTML'], 'text/html; charset=utf-8'],
    [['text/html; charset=utf-8, text/html; charset=koi8-r'], 'text/html; charset=koi8-r'],
    [['text/html; charset=utf-8, text/plain, text/html'], 'text/html'],
    [['text/plain, text/html '], 'text/html'],
    [['text/html, */*'], 'text/html'],
    [['text/html, '], 'text/html'],
    [['text/html', ''], 'text/html'],
    [['text/html', 'html'], 'text/html'],
    [['text/html; x="a,text/plain,b"'], 'text/html; x="a,text/plain,b"'],
    [['text/html; x="a\\",b", text/plain'], 'text/plain'],
    [['text/html; x="never closed, text/plain'], 'text/html; x="never closed, text/plain'],
    [['html, plain'], 'html, plain'],
    [[','], ','],
  ])('of %j is %j', (values, expected) => {
    expect(declaredType(values)).toBe(expected);
  });
});

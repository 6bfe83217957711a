import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { createPageParser } from './page-parser.js';

function read(bytes: Uint8Array, contentType: string | null = 'text/html') {
  const parser = createPageParser({ url: 'http://site.example/', contentType, headers: [] });
  parser.write(bytes);
  const page = parser.end();
  return { ...page.document.charset, title: page.head.titles.items[0]?.text };
}

/** 日本語 with the escape sequences of JIS, which the encoder at hand does not write. */
const ISO_2022_JP = Buffer.concat([
  Buffer.from('<title>'),
  Buffer.from([0x1b, 0x24, 0x42, 0x46, 0x7c, 0x4b, 0x5c, 0x38, 0x6c, 0x1b, 0x28, 0x42]),
  Buffer.from('</title>'),
]);

describe('decoding (E04, E05)', () => {
  it.each([
    ['utf-16le', 'Grüße 漢字 😀'],
    ['utf-16be', 'Grüße 漢字 😀'],
    ['shift_jis', '日本語テスト'],
    ['euc-jp', '日本語テスト'],
    ['gb18030', '汉语 😀'],
    ['gbk', '汉语'],
    ['big5', '漢語'],
    ['euc-kr', '한국어'],
    ['windows-1251', 'Кириллица'],
    ['koi8-r', 'Кириллица'],
    ['windows-1252', '“quotes” – €'],
    ['iso-8859-2', 'Žluťoučký'],
  ])('%s by header', (name, text) => {
    const bytes = iconv.encode(`<title>${text}</title>`, name);
    expect(read(bytes, `text/html; charset=${name}`)).toEqual({ name, source: 'header', title: text });
  });

  it('ISO-2022-JP by header', () => {
    const read2022 = read(ISO_2022_JP, 'text/html; charset=ISO-2022-JP');
    expect(read2022).toEqual({ name: 'iso-2022-jp', source: 'header', title: '日本語' });
  });

  it('a byte order mark outranks the header, and is no part of the text', () => {
    for (const [name, encoding] of [
      ['utf-16le', 'utf-16le'],
      ['utf-16be', 'utf-16be'],
      ['utf-8', 'utf-8'],
    ] as const) {
      const bytes = iconv.encode('\ufeff<title>é</title>', encoding);
      expect(read(bytes, 'text/html; charset=windows-1252')).toEqual({ name, source: 'bom', title: 'é' });
    }
  });

  it('UTF-8 by header with other bytes gives replacement characters', () => {
    const bytes = Buffer.from('<title>caf\xe9 \xff</title>', 'latin1');
    expect(read(bytes, 'text/html; charset=UTF-8').title).toBe('caf\ufffd \ufffd');
  });

  it.each([
    ['text/html; charset="windows-1251"', 'windows-1251', 'header'],
    ['text/html;CHARSET = latin1; x=y', 'windows-1252', 'header'],
    ["text/html; charset='utf8'", 'utf-8', 'header'],
    ['text/html; charset=x-unknown', 'utf-8', 'default'],
    ['text/html; charset=', 'utf-8', 'default'],
    ['text/html; charset="open', 'utf-8', 'default'],
    [`text/html; x=${'y'.repeat(4_096)}`, 'utf-8', 'default'],
    ['', 'utf-8', 'default'],
    [null, 'utf-8', 'default'],
  ])('Content-Type %.50s means %s', (contentType, name, source) => {
    expect(read(Buffer.from('<title>x</title>'), contentType)).toMatchObject({ name, source });
  });
});

describe('meta within the first 1,024 bytes', () => {
  it.each([
    ['<meta charset=windows-1251>', 'windows-1251'],
    ['<META CharSet = "Shift_JIS" />', 'shift_jis'],
    ['<meta name=x><meta http-equiv="Content-Type" content="text/html; charset=big5">', 'big5'],
    ['<meta content="text/html; charset=big5" http-equiv=content-type>', 'big5'],
    ['<a title="<meta charset=big5>">x</a><meta charset=koi8-r>', 'koi8-r'],
    ['<!-- <meta charset=big5> --><meta charset=koi8-r>', 'koi8-r'],
    ['<meta charset=utf-16le>', 'utf-8'],
    ['<meta charset=x-user-defined>', 'windows-1252'],
  ])('%s', (html, name) => {
    expect(read(Buffer.from(html))).toMatchObject({ name, source: 'meta' });
  });

  it.each([
    '<meta name=description content="charset=big5">',
    '<!-- <meta charset=big5>',
    '<meta charset=nothing-known>',
    '<metadata charset=big5>',
    '<meta charset="big5',
    '<p>meta charset=big5</p>',
    `${' '.repeat(1_024)}<meta charset=big5>`,
  ])('%.50j declares nothing', (html) => {
    expect(read(Buffer.from(html))).toMatchObject({ name: 'utf-8', source: 'default' });
  });

  it('the header outranks it', () => {
    const bytes = Buffer.from('<meta charset=big5>');
    expect(read(bytes, 'text/html; charset=koi8-r')).toMatchObject({ name: 'koi8-r', source: 'header' });
  });
});

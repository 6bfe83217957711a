import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HtmlTokenizer } from './html-tokenizer.js';
import type { RawContent, TokenHandler } from './token-handler.js';

const RAW: Readonly<Record<string, RawContent>> = {
  script: { endTag: 'script', decodes: false },
  title: { endTag: 'title', decodes: true },
  plaintext: { endTag: null, decodes: false },
};

/** The tokens of a document, a line each; texts that follow each other are one. */
function tokens(chunks: readonly string[], foreign = false): string[] {
  const found: string[] = [];
  let name = '';
  let attributes = '';
  let inText = false;
  const add = (token: string, isText = false): void => {
    if (isText && inText) found.push(`${found.pop()}${token}`);
    else found.push(isText ? `text ${token}` : token);
    inText = isText;
  };
  const handler: TokenHandler = {
    wantsAttributes: true,
    foreign,
    onText: (text, from, to) => add(text.slice(from, to), true),
    onStartTagName: (text, from, to) => {
      name = text.slice(from, to).toLowerCase();
      attributes = '';
    },
    onAttributeName: (text, from, to) => {
      attributes += ` ${text.slice(from, to)}`;
      return !text.startsWith('skip', from);
    },
    onAttributeValue: (value) => {
      attributes += `=${value}`;
    },
    onStartTagEnd: (selfClosing) => {
      add(`<${name}${attributes}${selfClosing ? ' /' : ''}>`);
      return RAW[name] ?? null;
    },
    onEndTag: (text, from, to) => add(`</${text.slice(from, to)}>`),
    onDeclaration: (content) => add(`<!${content}>`),
  };
  const tokenizer = new HtmlTokenizer(handler);
  for (const chunk of chunks) tokenizer.write(chunk);
  tokenizer.end();
  return found;
}

describe('the tokenizer', () => {
  it.each<[string, string[]]>([
    ['a<b>c</b>d', ['text a', '<b>', 'text c', '</b>', 'text d']],
    ['<a href="x" b=\'y\' c=z d>', ['<a href=x b=y c=z d=>']],
    ['<a  href = x/y/ >', ['<a href=x/y/>']],
    ['<a href=x/>', ['<a href=x/>']],
    ['<br/><br /><br / >', ['<br />', '<br />', '<br>']],
    ['<a skip="<>" x=1>', ['<a skip x=1>']],
    ['<a =x b>', ['<a =x= b=>']],
    ['<a x= >t', ['<a x=>', 'text t']],
    ['<a x="1"y="2">', ['<a x=1 y=2>']],
    ['< b>', ['text < b>']],
    ['a<', ['text a<']],
    ['a</', ['text a</']],
    ['</>x', ['text x']],
    ['</ b>x', ['text x']],
    ['<?php echo ">" ?>x', ['text " ?>x']],
    ['<!DOCTYPE html>x', ['<!DOCTYPE html>', 'text x']],
    ['<!-->x', ['text x']],
    ['<!--->x', ['text x']],
    ['<!-- a -- > --!>x', ['text x']],
    ['<!-- <b> --->x', ['text x']],
    ['<!-- never closed', []],
    ['<![CDATA[x]]>y', ['<![CDATA[x]]>', 'text y']],
    ['a&amp;b&lt;c&#x41;&#66;&nosuch;&', ['text a&b<cAB&nosuch;&']],
    ['&notit; &copy=1', ['text \u00acit; \u00a9=1']],
    ['<a x="&copy=1&amp;y&lt&notit;">', ['<a x=&copy=1&y<&notit;>']],
    [
      '<script>a<b && "</scripty>" </SCRIPT >x',
      ['<script>', 'text a<b && "</scripty>" ', '</SCRIPT>', 'text x'],
    ],
    ['<title>a&amp;<b></title>', ['<title>', 'text a&<b>', '</title>']],
    ['<script></script', ['<script>', 'text </script']],
    ['<plaintext></plaintext>', ['<plaintext>', 'text </plaintext>']],
    ['<a href="x', []],
    ['<a href', []],
    [`<${'x'.repeat(100)} y=1>z`, ['< y=1>', 'text z']],
    [`<a ${'x'.repeat(100)}=1 y=2>`, ['<a y=2>']],
    [`<a ${'x'.repeat(100)}>z`, ['<a>', 'text z']],
    [`<a x="${'v'.repeat(9_000)}">`, [`<a x=${'v'.repeat(8_192)}>`]],
    [`<!x${'v'.repeat(254)}\u{1f600}>`, [`<!x${'v'.repeat(254)}>`]],
    [`<!x${'v'.repeat(253)}\u{1f600}>`, [`<!x${'v'.repeat(253)}\u{1f600}>`]],
    ['</a x y=1 / z>t', ['</a>', 'text t']],
    ['</a x = ">">t', ['</a>', 'text t']],
    ['</a =>t', ['</a>', 'text t']],
  ])('reads %j', (html, expected) => {
    expect(tokens([html])).toEqual(expected);
  });

  it('reads CDATA sections in SVG and MathML as text', () => {
    expect(tokens(['<![CDATA[x<b>]]]>y'], true)).toEqual(['text x<b>]y']);
  });

  it('reads a character reference with any number of leading zeros it holds, and no endless one', () => {
    expect(tokens([`&#${'0'.repeat(40)}65;`])).toEqual(['text A']);
    expect(tokens([`&${'a'.repeat(100_000)}`])).toEqual([`text &${'a'.repeat(100_000)}`]);
  });

  it('gives the same tokens however the document is cut', () => {
    const piece = fc.constantFrom(
      ...[
        '<',
        '>',
        '/',
        '!',
        '-',
        '--',
        '[CDATA[',
        ']',
        ']]>',
        '?',
        '=',
        '"',
        "'",
        '&',
        ';',
        '&amp',
        '#x4',
        ' ',
      ],
      ...[
        'a',
        'title',
        'script',
        '</script',
        '</title>',
        '<script>',
        '<title>',
        'x'.repeat(70),
        'é',
        '\n',
        'skip',
      ],
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 40 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 5 }),
        (parts, svg, size) => {
          const html = parts.join('');
          const chunks = html.match(new RegExp(`[^]{1,${size}}`, 'gu')) ?? [];
          expect(tokens(chunks, svg)).toEqual(tokens([html], svg));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('takes time in proportion to the document, whatever is left open', () => {
    for (const open of ['<!--', '<a x="', '<a x=', '<script>', '<title>', '<!x', `<${'a'.repeat(70)}`, '']) {
      const chunks = Array.from({ length: 400 }, () => '-<&a]'.repeat(1_000));
      const start = performance.now();
      tokens([open, ...chunks]);
      expect(performance.now() - start).toBeLessThan(5_000);
    }
  });

  it.each(['</a ', '</a x=', '<a ', '<!doctype '])('reads a tag of endless words behind %s once', (open) => {
    const start = performance.now();
    expect(tokens([`${open}${'x '.repeat(300_000)}`]).length).toBeLessThan(2);
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});

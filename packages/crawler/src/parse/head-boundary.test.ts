import { describe, expect, it } from 'vitest';
import { parsePage } from '../testing/test-target.js';

const REST =
  '<title>t</title><meta name=description content=d><meta name=robots content=noindex><link rel=canonical href=/c><link rel=alternate hreflang=de href=/de>';

/** Whether what stands behind the markup is in the head, each kind judged alone, and what ended the head early. */
function behind(markup: string) {
  const page = parsePage('http://a.test/', `${markup}${REST}</head><body>`);
  const inHead = [
    page.head.titles.items.at(-1)?.inHead,
    page.head.descriptions.items[0]?.inHead,
    page.indexing.robots[0]?.outsideHead !== true,
    page.indexing.canonicals[0]?.inHead,
    page.indexing.hreflangs[0]?.inHead,
  ];
  expect(new Set(inHead).size).toBe(1);
  return { inHead: inHead[0], endedEarlyBy: page.document.headEndedEarlyBy };
}

describe('the head of a document', () => {
  it.each([
    '<head>',
    '<!doctype html><html><head><!-- <div> -->',
    '<head><script>document.write("<div>")</script>',
    '<head><style>div {}</style><noscript><style>p {}</style></noscript>',
    '<head><noscript><img src=/pixel><iframe src=/gtm></iframe> text</noscript>',
    '<head><noscript></head></noscript><noscript><img src=/pixel></noscript>',
    '<head><template><div>text</div></template>',
    '<head></p></div></span>',
    '<head></head>',
    '<head></head> \n <!-- x -->',
    '<head><base href=/b><meta charset=utf-8><bgsound><basefont>',
    '<head><title>a</title>',
    '<head>\n\t ',
  ])('goes on behind %s', (markup) => {
    expect(behind(markup)).toEqual({ inHead: true, endedEarlyBy: null });
  });

  it.each([
    ['<head><div></div>', 'div'],
    ['<head><p>', 'p'],
    ['<head><img src=/pixel>', 'img'],
    ['<head><iframe src=/x></iframe>', 'iframe'],
    ['<head><svg></svg>', 'svg'],
    ['<head><custom-element>', 'custom-element'],
    ['<head><SPAN>', 'span'],
    ['<head><a href=/x>', 'a'],
    ['<head>text', '#text'],
    ['<head>&nbsp;', '#text'],
    ['<head></body>', '/body'],
    ['<head></br>', '/br'],
    ['<head></html>', '/html'],
    ['<head><noscript><link rel=stylesheet href=/s></noscript><div>', 'div'],
    ['<head><template><p></template>x', '#text'],
  ])('ends at %s, and says so', (markup, endedEarlyBy) => {
    expect(behind(markup)).toEqual({ inHead: false, endedEarlyBy });
  });

  it.each([
    '<head></head><div>',
    '<head></head><noscript></noscript>',
    '<head></head><noscript><img src=/pixel></noscript>',
    '<title>x</title><p>text<p>',
    '<html><body>',
  ])('ends rightly, though nothing behind %s is in it', (markup) => {
    const page = parsePage('http://a.test/', `${markup}<link rel=canonical href=/c>`);
    expect(page.indexing.canonicals[0]?.inHead).toBe(false);
    expect(page.document.headEndedEarlyBy).toBeNull();
  });

  it('holds nothing of what a noscript in it says', () => {
    const page = parsePage(
      'http://a.test/',
      '<head><noscript><meta name=robots content=noindex><meta http-equiv=refresh content="0;url=/no"></noscript><title>t',
    );
    expect(page.indexing.robots).toMatchObject([{ outsideHead: true }]);
    expect(page.indexing.refresh).toBeNull();
    expect(page.head.titles.items[0]?.inHead).toBe(true);
  });
});

describe('the doctype', () => {
  it.each([
    ['<!doctype html>', 'html'],
    ['\n<!-- x --><!DOCTYPE HTML>', 'html'],
    [
      '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">',
      'html public "-//w3c//dtd xhtml 1.0 strict//en" "http://www.w3.org/tr/xhtml1/dtd/xhtml1-strict.dtd"',
    ],
    ['<!doctype html><!doctype svg>', 'html'],
    ['<!doctypehtml>', 'html'],
    ['<html><!doctype html>', null],
    ['text<!doctype html>', null],
    ['<!element x>', null],
    ['', null],
  ])('of %s is %s', (markup, doctype) => {
    expect(parsePage('http://a.test/', `${markup}<p>x`).document.doctype).toBe(doctype);
  });
});

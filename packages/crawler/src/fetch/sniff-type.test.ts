import { describe, expect, it } from 'vitest';
import { binaryType, sniffType } from './sniff-type.js';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('a body without a type', () => {
  it.each([
    ['<!DOCTYPE html><p>x', 'text/html'],
    ['\n\t <HTML lang=en>', 'text/html'],
    ['<a href=x>', 'text/html'],
    ['<!-- a comment', 'text/html'],
    ['<article>', 'text/plain'],
    ['<abbr>', 'text/plain'],
    ['<?xml version="1.0"?><rss>', 'text/xml'],
    ['%PDF-1.7', 'application/pdf'],
    ['PK\x03\x04\x14', 'application/zip'],
    ['\0\0\0\x20ftypisom', 'video/mp4'],
    ['RIFF\x10\0\0\0AVI LIST', 'video/avi'],
    ['RIFF\x10\0\0\0WAVEfmt ', 'audio/wave'],
    ['RIFF\x10\0\0\0WEBPVP8 ', 'image/webp'],
    ['FORM\0\0\x10\0AIFFCOMM', 'audio/aiff'],
    ['ID3\x04\0\0', 'audio/mpeg'],
    ['\x89PNG\r\n\x1a\n', 'image/png'],
    ['{"a":1}', 'text/plain'],
    ['\xef\xbb\xbf\x01', 'text/plain'],
    ['caf\xe9', 'text/plain'],
    ['ab\0cd', 'application/octet-stream'],
    ['', 'text/plain'],
  ])('%j is %s', (text, expected) => {
    expect(sniffType(bytes(text), true)).toBe(expected);
  });

  it('is not taken for markup where sniffing is forbidden', () => {
    expect(sniffType(bytes('<!doctype html>'), false)).toBe('text/plain');
    expect(sniffType(bytes('%PDF-1.7'), false)).toBe('application/pdf');
  });

  it('is judged by its first 512 bytes', () => {
    expect(sniffType(bytes(`${'a'.repeat(512)}\0`), true)).toBe('text/plain');
  });
});

describe('a signature', () => {
  it.each([
    '<p>',
    ' \n<p>',
    '',
    'plain',
    '\xef\xbb\xbf<p>',
    '<\0p\0>\0',
    'Convert AVI files',
    'Listen: WAVE files',
    'Google: WEBPVP8',
    "Apple's AIFF",
    'The ftyp box',
    'ID3 tags',
  ])('is not found in %j', (text) => {
    expect(binaryType(bytes(text))).toBeNull();
  });
});

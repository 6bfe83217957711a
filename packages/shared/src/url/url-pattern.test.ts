import { describe, expect, it } from 'vitest';
import { patternProblem } from './url-pattern.js';

describe('a pattern', () => {
  it.each(['/docs/', '(?i)\\.PDF$', '(a+)+$', '\\pL+'])('%s is one', (source) => {
    expect(patternProblem(source)).toBeNull();
  });

  it.each(['(', '[z-a]', '(?=a)', '\\1', 'a{1001}', '((a{100}){100}){100}', '*'])('%s is none', (source) => {
    expect(patternProblem(source)).toBeTypeOf('string');
  });
});

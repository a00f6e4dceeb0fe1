import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import { createLabelPattern, matchAnyLabel } from '../../src/model/label-pattern.ts';

const finds = (pattern: string, label: string, isCaseInsensitive = false) =>
  createLabelPattern(pattern, { isCaseInsensitive })(label);

// Answers are those of Python's re.search.
test.each<[string, string, boolean]>([
  ['CA1', 'lCA1sp', true],
  ['CA1', 'ca1', false],
  ['Pyr', 'Pyramidal Cell', true],
  ['CA1|PFC', 'PFC', true],
  ['CA1|PFC', 'CA3', false],
  ['^CA[13]$', 'CA3', true],
  ['^CA[13]$', 'CA3sp', false],
  ['^CA[^13]', 'CA2', true],
  ['^(l|r)?CA(1|3)(sp|so)*$', 'rCA1spso', true],
  ['^(?:ab){2,3}$', 'abab', true],
  ['^(?:ab){2,3}$', 'abababab', false],
  ['^a{2}$', 'aa', true],
  ['^a{,2}$', 'aaa', false],
  ['^a{2,}$', 'aaaaa', true],
  ['a{x}', 'a{x}', true],
  ['a{}', 'a{}', true],
  ['a{', 'a{', true],
  ['x*', '', true],
  ['', 'anything', true],
  ['^$', '', true],
  ['end$', 'the end\n', true],
  ['end$', 'the end\n\n', false],
  ['a.c', 'a\nc', false],
  ['a.c', 'a\u{1f9e0}c', true],
  ['\\d\\w\\s', '7_ ', true],
  ['^\\D\\W\\S$', 'x-y', true],
  ['\\bCA1\\b', 'left CA1, deep', true],
  ['\\bCA1\\b', 'lCA1', false],
  ['\\BCA1', 'lCA1', true],
  ['[]a]', ']', true],
  ['[^]a]', ']', false],
  ['[a-]', '-', true],
  ['[\\d-]', '-', true],
  ['[\\]\\n]', ']', true],
  ['\\.', 'CA1', false],
  ['a+?b', 'aab', true],
  ['(a|b|)+c', 'c', true],
  ['()*x', 'x', true],
  ['a||b', 'zzz', true],
])('%j in %j: %s', (pattern, label, expected) => {
  expect(finds(pattern, label)).toBe(expected);
});

test('case does not matter where it should not', () => {
  expect(finds('^LINEAR|b[o-x]x', 'linear track', true)).toBe(true);
  expect(finds('b[O-X]x$', 'BOX', true)).toBe(true);
  expect(finds('[^A-Z]', 'box', true)).toBe(false);
});

test('any of several patterns', () => {
  const matches = matchAnyLabel(['CA1', '^PFC$']);
  expect(['CA1', 'PFC', 'PFCx', '', 'CA1'].map(matches)).toEqual([true, true, false, false, true]);
});

test('agrees with the backtracking search of the language', () => {
  const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\w', '\\b', '^', '$');
  const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
    pattern: fc.oneof(
      { maxDepth: 4 },
      atom,
      fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `${a}${b}`),
      fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `(${a}|${b})`),
      fc
        .tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '{2}', '{1,3}', '{2,}', '*?'))
        .map(([a, times]) => `(?:${a})${times}`),
    ),
  }));
  const label = fc.string({ unit: fc.constantFrom('a', 'b', '-', 'c'), maxLength: 8 });
  fc.assert(
    fc.property(pattern, label, (pattern, label) => {
      expect(finds(pattern, label)).toBe(new RegExp(pattern, 'u').test(label));
    }),
    { numRuns: 2000 },
  );
});

test('time does not explode', () => {
  const label = `${'a'.repeat(20_000)}!`;
  for (const pattern of ['(a+)+$', '(a|a)+$', '(a|aa)+$', '^(a?){100}a{100}$', '(.*)*(.*)*b']) {
    expect(finds(pattern, label)).toBe(false);
  }
});

describe('what is refused', () => {
  test.each([
    ['a(?=b)', 2, 'lookahead'],
    ['a(?!b)', 2, 'negative lookahead'],
    ['(?<=a)b', 1, 'lookbehind'],
    ['(?<!a)b', 1, 'negative lookbehind'],
    ['(?P<x>a)', 1, 'named group'],
    ['(?i)ca1', 1, 'inline flag'],
    ['(?>a)', 1, 'atomic group'],
    ['(a)\\1', 4, 'backreference'],
    ['CA\\Z', 3, 'escape "\\Z"'],
    ['[\\x41]', 2, 'escape "\\x"'],
    ['a++', 3, 'possessive'],
    ['a{1001}', 2, 'more than 1000'],
    ['((a{100}){100}){100}', 1, 'states'],
    ['((((){1000}){1000}){1000}){1000}', 1, 'states'],
  ])('%s, Python has it and we do not', (pattern, character, what) => {
    const error = thrown(() => createLabelPattern(pattern));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({
      code: 'PATTERN_UNSUPPORTED',
      where: expect.stringMatching(new RegExp(`, character ${character}$`)),
      found: expect.stringContaining(what),
    });
  });

  test.each([
    '(',
    ')',
    'a)',
    '[a',
    '[]',
    '*',
    'a|*',
    '(+)',
    '^*',
    'a**',
    'a{2}{3}',
    'a{3,2}',
    '[b-a]',
    '[\\d-z]',
    '\\',
    '[\\',
    'a'.repeat(1001),
  ])('%s, which is no pattern', (pattern) => {
    expect(thrown(() => createLabelPattern(pattern))).toMatchObject({ code: 'PATTERN_INVALID' });
  });

  test('nothing else is ever thrown', () => {
    const signs = fc.constantFrom(...'ab1()[]{}^$*+?|.,-\\dwsbBx:=!<P\u03b8');
    fc.assert(
      fc.property(fc.string({ unit: signs, maxLength: 12 }), (pattern) => {
        const outcome = thrown(() => finds(pattern, 'ab1 \u03b8'));
        if (outcome !== undefined) expect(outcome).toBeInstanceOf(ConfigError);
      }),
      { numRuns: 3000 },
    );
  });
});

function thrown(act: () => unknown): unknown {
  try {
    act();
    return undefined;
  } catch (error) {
    return error;
  }
}

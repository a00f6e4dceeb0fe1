import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError, PipelineError } from '../../src/errors.ts';
import {
  checkEpochExpression,
  parseEpochExpression,
  resolveEpochs,
} from '../../src/model/epoch-expression.ts';
import { compressEpochs, type Epochs, findPrePost } from '../../src/model/epochs.ts';
import type { Report } from '../../src/model/report.ts';
import { loadGoldenJson } from '../support/golden.ts';
import { failure, notes } from '../support/streams.ts';

const recorded = [
  { name: 'night1', environment: 'sleep', start: 0, end: 10 },
  { name: 'night2', environment: 'sleep', start: 10, end: 20 },
  { name: 'maze', environment: 'linear', start: 21, end: 40 },
  { name: 'after', environment: 'sleep', start: 41, end: 60 },
];
const compressed = compressEpochs(recorded);
const epochs: Epochs = {
  kind: 'epochs',
  domain: { start: 0, end: 60 },
  recorded,
  epochs: compressed,
  states: new Map([
    [
      'THETA',
      [
        { start: 5, end: 25 },
        { start: 39, end: 45 },
      ],
    ],
    [
      'NREMstate',
      [
        { start: 2, end: 4 },
        { start: 3, end: 6 },
      ],
    ],
    ['night1', [{ start: 1, end: 2 }]],
    ['rest', []],
  ]),
  roles: findPrePost(compressed.map(({ environment }) => environment)),
};

function resolve(text: string, from = epochs, report?: Report): (readonly [number, number])[] {
  return resolveEpochs(parseEpochExpression(text), from, report).map(
    ({ start, end }) => [start, end] as const,
  );
}

describe('an epoch expression', () => {
  test.each([
    ['all', [[0, 60]]],
    ['task', [[21, 40]]],
    ['pre', [[0, 20]]],
    ['post', [[41, 60]]],
    ['maze', [[21, 40]]],
    ['linear', [[21, 40]]],
    [
      'sleep',
      [
        [0, 20],
        [41, 60],
      ],
    ],
    [
      'THETA',
      [
        [5, 25],
        [39, 45],
      ],
    ],
    ['rest', []],
    ['epoch[0]', [[0, 20]]],
    ['epochs[-1]', [[41, 60]]],
    ['name:night1', [[0, 10]]],
    ["name:'night2'", [[10, 20]]],
    [
      'environment: sleep',
      [
        [0, 20],
        [41, 60],
      ],
    ],
    [
      'state:THETA',
      [
        [5, 25],
        [39, 45],
      ],
    ],
    ['role:task', [[21, 40]]],
    ['"maze"', [[21, 40]]],
    [
      'task & THETA',
      [
        [21, 25],
        [39, 40],
      ],
    ],
    [
      'NREMstate & pre',
      [
        [2, 4],
        [3, 6],
      ],
    ],
    ['NREMstate | pre', [[0, 20]]],
    ['NREMstate | NREMstate', [[2, 6]]],
    [
      '~NREMstate',
      [
        [0, 2],
        [6, 60],
      ],
    ],
    ['~~NREMstate', [[2, 6]]],
    ['~all', []],
    [
      'pre | task & THETA',
      [
        [0, 20],
        [21, 25],
        [39, 40],
      ],
    ],
    [
      '(pre | task) & THETA',
      [
        [5, 20],
        [21, 25],
        [39, 40],
      ],
    ],
    [
      '~task & THETA',
      [
        [5, 21],
        [40, 45],
      ],
    ],
    ['~(task & THETA) & task', [[25, 39]]],
    [' ( ( task ) ) ', [[21, 40]]],
  ])('%s', (text, expected) => {
    expect(checkEpochExpression(text)).toBeUndefined();
    expect(resolve(text)).toEqual(expected);
  });

  test('says what an ambiguous word was taken for', () => {
    const { report, all } = notes();
    expect(resolve('night1', epochs, report)).toEqual([[1, 2]]);
    expect(all).toMatchObject([{ code: 'AMBIGUOUS_EPOCH', level: 'warning' }]);
    expect(all[0]?.message).toContain('state:night1 or name:night1');
    expect(resolve('name:night1', epochs, report)).toEqual([[0, 10]]);
    resolve('maze & linear', epochs, report);
    expect(all).toHaveLength(1);
  });

  test('names the known epochs, nearest first', () => {
    const error = failure(() => resolve('mace & THETA'));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({ code: 'UNKNOWN_EPOCH', found: '"mace"' });
    expect((error as PipelineError).hint).toMatch(/did you mean "maze"/);
    expect(failure(() => resolve('state:maze'))).toMatchObject({ expected: 'a known state' });
    expect(failure(() => resolve('epoch[3]'))).toMatchObject({ found: 'epoch[3]' });
    expect(failure(() => resolve("environment:''"))).toMatchObject({ code: 'UNKNOWN_EPOCH' });
  });

  test('says why there is no task', () => {
    const without: Epochs = { ...epochs, epochs: compressed.slice(0, 2), roles: undefined };
    for (const text of ['task', 'role:pre']) {
      const error = failure(() => resolve(text, without));
      expect(error).toMatchObject({ code: 'UNKNOWN_EPOCH' });
      expect((error as Error).message).toMatch(/no sleep, task and sleep.*"sleep", "linear"/);
    }
    const named = { ...without, states: new Map([['task', [{ start: 1, end: 2 }]]]) };
    expect(resolve('task', named)).toEqual([[1, 2]]);
  });

  test('names cannot reach into objects', () => {
    for (const word of ['constructor', '__proto__', 'toString']) {
      expect(failure(() => resolve(word))).toMatchObject({ code: 'UNKNOWN_EPOCH' });
    }
  });

  test.each([
    ['', 1, 'the end'],
    ['task &', 7, 'the end'],
    ['task & & THETA', 8, '"&"'],
    ['task THETA', 6, '"THETA"'],
    ['(task', 6, 'the end'],
    ['task)', 5, '")"'],
    ['task + THETA', 6, '"+"'],
    ["'task", 1, '"\'"'],
    ['epoch[x]', 7, '"x"'],
    ['epoch[1', 8, 'the end'],
    ['place[1]', 1, '"place" before "["'],
    ['kind:maze', 1, '"kind" before ":"'],
    ['name:', 6, 'the end'],
    ['1', 1, '"1"'],
    [`${'('.repeat(70)}a${')'.repeat(70)}`, 65, 'deeper nesting'],
    ['~'.repeat(70), 65, 'deeper nesting'],
    ['a'.repeat(1001), 1, '1001 characters'],
  ])('%s is refused at column %i', (text, column, found) => {
    const error = failure(() => parseEpochExpression(text));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({ code: 'BAD_EPOCH_EXPRESSION', found });
    expect((error as Error).message).toContain(`column ${column};`);
    expect(checkEpochExpression(text)).toBe((error as Error).message);
  });

  test('any text is read or refused with a place', () => {
    const part = fc.constantFrom(
      ...[
        'task',
        'THETA',
        '&',
        '|',
        '~',
        '(',
        ')',
        '[',
        ']',
        ':',
        '1',
        '-',
        "'",
        '"',
        ' ',
        'epoch',
      ],
    );
    const texts = fc.oneof(
      fc.string(),
      fc.array(part, { maxLength: 12 }).map((a) => a.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          resolve(text);
        } catch (error) {
          expect(error).toBeInstanceOf(PipelineError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('obeys the laws of sets, in time', () => {
    const names = ['task', 'THETA', 'NREMstate', 'sleep', 'rest', 'epoch[0]'];
    const name = fc.constantFrom(...names);
    fc.assert(
      fc.property(name, name, (a, b) => {
        expect(resolve(`~(${a} | ${b})`)).toEqual(resolve(`(~${a} & ~${b}) | ~all`));
        expect(resolve(`~(${a} & ${b})`)).toEqual(resolve(`~${a} | ~${b}`));
      }),
    );
  });
});

interface Intersection {
  readonly a: readonly (readonly [number, number])[];
  readonly b: readonly (readonly [number, number])[];
  readonly intersect: unknown;
}

const golden = loadGoldenJson<{ epochs: { intersect: Intersection[] } }>('unit_cases.json');

describe.skipIf(!golden)('a & b is the reference intersection', () => {
  test.each((golden?.epochs.intersect ?? []).map((given, index) => ({ index, ...given })))(
    'case $index',
    ({ a, b, intersect }) => {
      const spans = (rows: Intersection['a']) =>
        (rows as readonly (readonly number[])[])
          .filter((row) => row.length === 2)
          .map(([start, end]) => ({ start, end }))
          .sort((x, y) => x.start - y.start);
      const states = new Map([
        ['a', spans(a)],
        ['b', spans(b)],
      ]);
      expect(resolve('a & b', { ...epochs, states })).toEqual(intersect);
    },
  );
});

import type { Dice } from './dice.ts';

const scraps = [
  '',
  ' ',
  '~',
  'null',
  'true',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  'toString',
  '${',
  '${}',
  '${session}',
  '${ session }',
  '${__proto__}',
  '${session}${session}',
  '$${binSize}',
  '%s%n',
  '../../../../etc/passwd',
  '2026-01-01',
  '2026-01-01T00:00:00Z',
  '1e400',
  '-1e400',
  '0x1F',
  '0o17',
  '1_000',
  '1:30',
  '.inf',
  '-.inf',
  '.nan',
  'NaN',
  'é\u0301',
  '\u202etxt',
  '\ud83d\ude00',
  '\ufeff',
  '\u0000',
  '\u2028',
  "'",
  '"',
  '\\',
  '<script>alert(1)</script>',
  'recording',
  'recording.spikes',
  'recording.ripples',
  'recording.nothing',
  'z.moments',
  'a.b.c',
  '.',
  'z.',
];

const patterns = [
  '(a+)+$',
  '((((a*)*)*)*)*$',
  '(a|a)*b',
  '(a|aa)+$',
  '(.*)*x',
  '.*.*.*.*.*.*.*.*x',
  'a{1000}',
  '(a{100}){100}',
  '((a{30}){30}){30}',
  '(((a?){30}){30}){30}',
  '(()*)*',
  '(){1000}',
  '((){1000}){1000}',
  '[^]',
  '[]',
  '[a-',
  '[z-a]',
  '(?=a)',
  '(?<n>a)\\k<n>',
  '\\1',
  '\\',
  '(',
  ')',
  '*',
  'a**',
  'a{2,1}',
  'a{99999999999}',
  '\\p{L}',
  '\\b\\B\\b',
  '^$',
  'CA1|',
  'CA[0-9]+',
  'Pyr',
  '(?i)ca1',
];

const expressions = [
  'task',
  'pre | post',
  '(task & THETA) - NREMstate',
  '!task',
  'all',
  'epoch[0]',
  'epoch[99]',
  'epoch[-1]',
  'epoch[1e9]',
  'state[NREMstate]',
  '"NREMstate"',
  'env:maze',
  '[0, 100]',
  '((((((((task))))))))',
  `${'('.repeat(2000)}task${')'.repeat(2000)}`,
  `${'!'.repeat(5000)}task`,
  `${'~'.repeat(5000)}task`,
  `${'task | '.repeat(3000)}task`,
  'task &',
  '& task',
  '()',
  'task task',
  '__proto__',
  'constructor & task',
  '"unclosed',
  'pre.first(10)',
  'first 10 min of post',
];

/** Places that are no folder of a recording; `traps` are made by the worker. */
const places = [
  '/dev/zero',
  '/dev/full',
  '/dev/null',
  '/dev/stdin',
  '/proc/self/mem',
  '/proc/self',
  '/',
  '.',
  '..',
  '../data-samples',
  '../data-samples/sim_small_11',
  '../data-samples/sim_small_11/',
  '../data-samples/sim_small_11/sim_small_11.session.mat',
  '..\\data-samples\\sim_small_11',
  './nothing/here',
  'a\u0000b',
  'x'.repeat(5000),
  'con',
  'file:///etc/passwd',
  'https://example.com/x',
  'TRAPS/zero',
  'TRAPS/fifo',
  'TRAPS/loop',
  'TRAPS/folder',
  'TRAPS/full',
  'TRAPS/zero/zero.session.mat',
  'TRAPS/fifo/fifo.session.mat',
  'TRAPS/moments',
];

export function hostileText(dice: Dice): string {
  switch (dice.below(8)) {
    case 0:
    case 1:
      return dice.pick(patterns);
    case 2:
    case 3:
      return dice.pick(expressions);
    case 4:
      return dice.pick(places);
    case 5:
      return randomExpression(dice, 6);
    default:
      return dice.pick(scraps);
  }
}

export function hostilePlace(dice: Dice): string {
  return dice.pick(places);
}

export function hostilePattern(dice: Dice): string {
  if (dice.chance(0.5)) return dice.pick(patterns);
  const alphabet = 'a C1P|()[]{}*+?.^$\\dwbB,23-';
  return Array.from({ length: dice.few(40) }, () => dice.pick([...alphabet])).join('');
}

/** An epoch expression, usually a sound one. */
export function randomExpression(dice: Dice, depth: number): string {
  const atoms = [
    'task',
    'pre',
    'post',
    'THETA',
    'NREMstate',
    'REMstate',
    'WAKEstate',
    'epoch[0]',
    'epoch[1]',
    'all',
    'nonsense',
    '"pre"',
  ];
  if (depth <= 0 || dice.chance(0.35)) return dice.pick(atoms);
  const left = randomExpression(dice, depth - 1);
  if (dice.chance(0.15)) return `${dice.pick(['!', '~', 'not '])}${left}`;
  const operator = dice.pick([' & ', ' | ', ' - ', '&', ' and ', ' or ', ' ^ ']);
  const both = `${left}${operator}${randomExpression(dice, depth - 1)}`;
  return dice.chance(0.5) ? `(${both})` : both;
}

/** Any YAML value. */
export function hostileValue(dice: Dice, depth = 3): unknown {
  const numbers = [
    0,
    -0,
    1,
    -1,
    25,
    0.0004,
    1e-320,
    1e21,
    1e308,
    2 ** 31,
    2 ** 32,
    2 ** 53,
    -(2 ** 53),
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NaN,
  ];
  const kind = dice.below(depth > 0 ? 10 : 7);
  if (kind < 2) return dice.pick(numbers);
  if (kind < 5) return hostileText(dice);
  if (kind === 5) return dice.pick([true, false, null]);
  if (kind === 6) return dice.pick(['x', 'é', '🙂 ', '${a} ', '#', '\t']).repeat(dice.few(3000));
  if (kind === 7) {
    return Array.from({ length: dice.below(4) }, () => hostileValue(dice, depth - 1));
  }
  if (kind === 8) {
    let nested: unknown = 'deep';
    for (let left = dice.few(80); left > 0; left--) {
      nested = dice.chance(0.5) ? [nested] : new Map([['a', nested]]);
    }
    return nested;
  }
  return new Map(
    Array.from({ length: dice.below(4) }, () => [hostileText(dice), hostileValue(dice, depth - 1)]),
  );
}

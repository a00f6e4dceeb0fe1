import { parse, stringify } from 'yaml';
import type { AnyNode } from '../../src/define.ts';
import type { Param } from '../../src/params.ts';
import { parameterTypes } from '../../src/pipeline/parameters.ts';
import { builtins } from '../../src/registry.ts';
import { damage } from './bytes.ts';
import type { Dice } from './dice.ts';
import {
  hostilePattern,
  hostilePlace,
  hostileText,
  hostileValue,
  randomExpression,
} from './hostile.ts';
import { basePipelines } from './pipeline-bases.ts';

const definitions: readonly AnyNode[] = [
  ...builtins.sources,
  ...builtins.operators,
  ...builtins.sinks,
];

/** The text of a pipeline with some damage. */
export function mutatedPipeline(dice: Dice): string {
  const base = dice.pick(basePipelines);
  const kind = dice.below(20);
  if (kind === 0) return base;
  if (kind === 1) return monster(dice);
  if (kind <= 4) return damage(Buffer.from(base), dice).toString(dice.pick(['utf8', 'latin1']));
  if (kind <= 8) return scrambled(base, dice);
  const text = restructured(base, dice);
  return dice.chance(0.1) ? scrambled(text, dice) : text;
}

/** Texts that grow along one dimension. */
function monster(dice: Dice): string {
  const n = dice.few(60_000);
  const head = 'version: 1\nname: big\nnodes:\n';
  const source = '  s: { op: cellexplorer, path: ../data-samples/sim_small_11 }\n';
  const rows = (line: (i: number) => string) => Array.from({ length: n }, (_, i) => line(i));
  const makers: (() => string)[] = [
    () => '['.repeat(n),
    () => '{a: '.repeat(n),
    () => '- '.repeat(n),
    () => '? '.repeat(n),
    () => rows((i) => `${' '.repeat(Math.min(i, 900))}a:`).join('\n'),
    () =>
      head + source + rows((i) => `  n${i}: { op: bin, from: n${i + 1}, binSize: 1 }`).join('\n'),
    () =>
      head + source + rows((i) => `  n${i + 1}: { op: bin, from: n${i}, binSize: 1 }`).join('\n'),
    () => head + source + rows((i) => `  n${i}: { op: nothing${i} }`).join('\n'),
    () => head + source + rows((i) => `  n${i}: { op: zscore, from: m${i} }`).join('\n'),
    () => `${head}  s: { ${rows((i) => `a${i}: 1`).join(', ')} }`,
    () => `${head}  s: { op: parquet, from: [ ${rows((i) => `a${i}`).join(', ')} ] }`,
    () =>
      `${head}  s: { op: cellexplorer, path: x, brainRegion: [ ${rows(() => 'a{1000}').join(', ')} ] }`,
    () => `${head}  s: { op: cellexplorer, path: ${'x'.repeat(n)} }`,
    () =>
      `version: 1\nname: big\nparameters: {${rows((i) => `p${i}: { type: text, default: x }`).join(', ')}}\nnodes: {}`,
    () => `${head}  a: { op: bin, keep: ${'!'.repeat(n)}a }`,
    () =>
      `${head}${source}  a: { op: epoch-filter, from: s, keep: '${'('.repeat(n)}a${')'.repeat(n)}' }`,
    () => `${head}${source}  a: { op: epoch-filter, from: s, keep: '${'a | '.repeat(n)}a' }`,
    () => '#'.repeat(n),
    () => '\n'.repeat(n),
    () => '---\n'.repeat(n),
    () => `"${'\\u0041'.repeat(n)}"`,
    () => `'${"''".repeat(n)}'`,
    () => `a: |\n${' x\n'.repeat(n)}`,
    () => `%YAML 1.1\n---\n${rows((i) => `a${i}: 2001-01-01`).join('\n')}`,
  ];
  return dice.pick(makers)();
}

/** Lines and words moved, repeated, dropped or replaced. */
function scrambled(text: string, dice: Dice): string {
  const isLines = dice.chance(0.4);
  const parts = isLines ? text.split('\n') : text.split(/(\s+|[{}[\],:])/);
  for (let left = dice.few(5); left > 0; left--) {
    const [at, other] = [dice.below(parts.length), dice.below(parts.length)];
    switch (dice.below(6)) {
      case 0:
        [parts[at], parts[other]] = [parts[other], parts[at]];
        break;
      case 1:
        parts.splice(at, 1);
        break;
      case 2:
        parts.splice(at, 0, parts[other]);
        break;
      case 3:
        parts[at] = dice.pick(yamlScraps);
        break;
      case 4:
        parts[at] += dice.pick(yamlScraps);
        break;
      default:
        parts[at] = hostileText(dice);
    }
  }
  return parts.join(isLines ? '\n' : '');
}

const yamlScraps = [
  '&anchor ',
  '*anchor',
  '!!binary aGVsbG8=',
  '!!js/function x',
  '!custom',
  '<<: *a',
  '<<: { op: bin }',
  '? [a, b]\n: c',
  '|',
  '>-',
  '\t',
  '---',
  '...',
  '%YAML 1.1\n---',
  '%TAG ! x\n---',
  '#',
  '@',
  '`',
  '{',
  '}',
  ']',
  ', ,',
  ': :',
  '- -',
  'yes',
  '\r',
  '\u0085',
];

type Tree = Map<unknown, unknown> | unknown[];

/** Changes in the tree of values, written anew in some style. */
function restructured(text: string, dice: Dice): string {
  const tree: unknown = parse(text, { mapAsMap: true });
  for (let left = dice.few(5); left > 0; left--) {
    if (dice.chance(0.65)) reset(tree, dice);
    else rework(tree, dice);
  }
  return stringify(tree, {
    indent: dice.pick([2, 2, 2, 4, 1]),
    lineWidth: dice.pick([0, 80, 20]),
    defaultStringType: dice.pick(['PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE']),
    collectionStyle: dice.pick(['any', 'flow', 'block']),
    aliasDuplicateObjects: dice.chance(0.1),
  });
}

/** Gives one option of one node a value that it might well have. */
function reset(tree: unknown, dice: Dice): void {
  const nodes = tree instanceof Map ? tree.get('nodes') : undefined;
  if (!(nodes instanceof Map) || nodes.size === 0) return;
  const node: unknown = dice.pick([...nodes.values()]);
  if (!(node instanceof Map)) return;
  const definition = definitions.find(({ op }) => op === node.get('op'));
  const params = Object.entries(definition?.params ?? {});
  if (params.length === 0) return;
  const [key, param] = dice.pick(params);
  if (dice.chance(0.15)) node.delete(key);
  else node.set(key, plausible(param, dice));
}

function plausible({ type, schema }: Param<unknown>, dice: Dice): unknown {
  const { minimum = -1e3, maximum = 1e3 } = schema as { minimum?: number; maximum?: number };
  const [low, high] = [Math.max(minimum, 1e-3), Math.min(maximum, 100)];
  switch (type) {
    case 'choice':
      return dice.pick((schema as { enum: readonly string[] }).enum);
    case 'flag':
      return dice.chance(0.5);
    case 'count':
    case 'seed':
      return dice.pick([minimum, Math.min(maximum, 1 + dice.below(50)), maximum, 1]);
    case 'labels':
      return dice.chance(0.5) ? hostilePattern(dice) : dice.pick(['CA1', ['CA1', 'CA3'], 'Pyr']);
    case 'path':
      return hostilePlace(dice);
    case 'epochs':
      return randomExpression(dice, 3);
    case 'window':
      return [-dice.magnitude(0.01, 100), dice.magnitude(0.01, 100)];
    case 'text':
      return hostileText(dice);
    default:
      return dice.pick([minimum, maximum, dice.magnitude(low, Math.max(high, low))]);
  }
}

/** Deletes, repeats, renames or replaces something anywhere. */
function rework(tree: unknown, dice: Dice): void {
  const trees: Tree[] = [];
  const visit = (value: unknown): void => {
    if (!(value instanceof Map) && !Array.isArray(value)) return;
    trees.push(value);
    for (const child of value.values()) visit(child);
  };
  visit(tree);
  if (trees.length === 0) return;
  const chosen = dice.pick(trees);
  if (Array.isArray(chosen)) {
    chosen.splice(dice.below(chosen.length + 1), dice.below(2), hostileValue(dice));
    return;
  }
  const keys = [...chosen.keys()];
  const key = dice.pick(keys);
  const other: unknown = dice.pick(
    dice.pick(trees) === tree ? keys : [...chosen.values(), ...keys],
  );
  switch (dice.below(7)) {
    case 0:
      chosen.delete(key);
      break;
    case 1: {
      const value = chosen.get(key);
      chosen.delete(key);
      chosen.set(hostileText(dice), value);
      break;
    }
    case 2:
      chosen.set(dice.pick([hostileText(dice), 1, true, null, 'extra']), hostileValue(dice));
      break;
    case 3:
      chosen.set(key, other === tree ? null : other);
      break;
    case 4:
      chosen.set(key, dice.pick(['recording', 'z', 'activity', 'templates', 'counts']));
      break;
    case 5:
      chosen.set(key, dice.pick(Object.keys(parameterTypes)));
      break;
    default:
      chosen.set(key, hostileValue(dice));
  }
}

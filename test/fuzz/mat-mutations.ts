import { constants, deflateRawSync, deflateSync, inflateSync } from 'node:zlib';
import { cell, char, type MatNode, matFile, numeric, raw, struct } from '../support/mat-writer.ts';
import { damage, hostileWords } from './bytes.ts';
import type { Dice } from './dice.ts';
import type { SessionBytes } from './mat-bases.ts';
import { suffixes } from './mat-bases.ts';
import type { Content } from './scratch.ts';

const mebibyte = 1 << 20;
const fieldNames = [
  '__proto__',
  'constructor',
  'length',
  '',
  'times',
  'NREMstate',
  'UID',
  'epochs',
];

/** The files of a session with damage in one or several of them. */
export function mutatedSession(
  dice: Dice,
  sessions: readonly SessionBytes[],
): Map<string, Content> {
  const base = dice.chance(0.1) ? sessions[0] : dice.pick(sessions);
  const files = new Map<string, Content>(base);
  if (dice.chance(0.02)) return files;
  const nDamaged = dice.chance(0.8) ? 1 : 2;
  for (let i = 0; i < nDamaged; i++) {
    const suffix = dice.pick([...base.keys()]);
    const bytes = base.get(suffix);
    if (bytes) files.set(suffix, spoiled(bytes, suffix, base, dice));
    if (dice.chance(0.01)) files.delete(suffix);
  }
  return files;
}

function spoiled(bytes: Buffer, suffix: string, base: SessionBytes, dice: Dice): Content {
  switch (dice.below(24)) {
    case 0:
      return dice.pick<Content>(['folder', 'fifo', 'loop', { link: '/dev/zero' }, Buffer.alloc(0)]);
    case 1:
      return base.get(dice.pick([...base.keys()])) ?? bytes;
    case 2:
      return bytes.subarray(0, dice.below(bytes.length));
    case 3:
    case 4:
    case 5:
      return damage(bytes, dice);
    case 6:
      return header(bytes, dice);
    case 7:
    case 8:
      return made(suffix, dice);
    case 9:
      return dice.chance(0.1) ? bomb(suffix, dice) : made(suffix, dice);
    default:
      return respoken(bytes, dice);
  }
}

function header(bytes: Buffer, dice: Dice): Buffer {
  const copy = Buffer.from(bytes);
  copy[116 + dice.below(12)] = dice.pick([0, 1, 2, 73, 77, 255]);
  return copy;
}

/** The variables of a file with damage inside, written again so that zlib finds nothing wrong. */
function respoken(bytes: Buffer, dice: Dice): Buffer {
  const isBigEndian = bytes.toString('latin1', 126, 128) === 'MI';
  const elements = split(bytes, isBigEndian);
  if (elements.length === 0) return damage(bytes, dice);
  const chosen = dice.below(elements.length);
  const parts = elements.map(({ body, isCompressed }, index) => {
    const content = index === chosen ? spoiledContent(body, isBigEndian, dice) : body;
    if (!isCompressed || dice.chance(0.05)) return content;
    const deflated = deflateSync(content, { level: 1 });
    return Buffer.concat([words([15, deflated.length], isBigEndian), deflated]);
  });
  if (dice.chance(0.05)) parts.reverse();
  if (dice.chance(0.03)) parts.push(dice.pick(parts));
  return Buffer.concat([bytes.subarray(0, 128), ...parts]);
}

interface Variable {
  readonly body: Buffer;
  readonly isCompressed: boolean;
}

function split(bytes: Buffer, isBigEndian: boolean): Variable[] {
  const variables: Variable[] = [];
  for (let at = 128; at + 8 <= bytes.length; ) {
    const type = word(bytes, at, isBigEndian);
    const size = word(bytes, at + 4, isBigEndian);
    const isCompressed = type === 15;
    const whole = bytes.subarray(at, at + 8 + size);
    variables.push({ isCompressed, body: isCompressed ? inflateSync(whole.subarray(8)) : whole });
    at += 8 + size;
  }
  return variables;
}

/** Changes words, numbers and names of a variable where they stand; sizes stay unless they are hit. */
function spoiledContent(body: Buffer, isBigEndian: boolean, dice: Dice): Buffer {
  let copy = Buffer.from(body);
  const tags = findTags(copy, isBigEndian);
  for (let left = dice.few(4); left > 0; left--) {
    const at = dice.pick(tags);
    switch (dice.below(8)) {
      case 0:
        return damage(copy, dice);
      case 1:
      case 2: // type, size or what follows them
        put(copy, at + 4 * dice.below(6), dice.pick(hostileWords), isBigEndian);
        break;
      case 3:
        put(copy, at + 8 * dice.below(4), dice.pick(hostileWords), isBigEndian);
        break;
      case 4: // a number
        if (at + 16 <= copy.length) {
          const values = [Number.NaN, Infinity, -Infinity, -1, 0, 1e300, 1e17, 5e-324, 1e8, 1e7];
          const value = dice.pick(values);
          if (isBigEndian) copy.writeDoubleBE(value, at + 8);
          else copy.writeDoubleLE(value, at + 8);
        }
        break;
      case 5: {
        const length = Math.min(32, copy.length - at - 8);
        const name = dice.pick(fieldNames).padEnd(length, '\0').slice(0, Math.max(0, length));
        if (length > 0) copy.write(name, at + 8, 'latin1');
        break;
      }
      case 6: // one element in the place of another
        put(copy, at, word(copy, dice.pick(tags), isBigEndian), isBigEndian);
        break;
      default: {
        const other = dice.pick(tags);
        const length = 8 + word(copy, at + 4, isBigEndian);
        const piece = copy.subarray(at, Math.min(copy.length, at + Math.min(length, 1 << 16)));
        copy = Buffer.concat([copy.subarray(0, other), piece, copy.subarray(other)]);
        if (dice.chance(0.7)) put(copy, 4, copy.length - 8, isBigEndian);
        return copy;
      }
    }
  }
  return copy;
}

/** Where tags stand: words that name a type, with a size that fits. */
function findTags(body: Buffer, isBigEndian: boolean): number[] {
  const tags = [0];
  for (let at = 8; at + 8 <= Math.min(body.length, 1 << 15); at += 8) {
    const type = word(body, at, isBigEndian);
    const isTag = type > 0 && type <= 18 && word(body, at + 4, isBigEndian) <= body.length - at;
    if (isTag || (type >>> 16 > 0 && type >>> 16 <= 4)) tags.push(at);
  }
  return tags;
}

/** A variable of the right name whose fields hold anything. */
function made(suffix: string, dice: Dice): Buffer {
  const variable = variableOf(suffix);
  const fields = fieldsOf[variable];
  const field = (depth: number): MatNode => anyNode(dice, depth);
  const entries = fields.map((path) => [path, field(3)] as const).filter(() => dice.chance(0.8));
  const tree: Record<string, MatNode> = {};
  const groups = new Map<string, [string, MatNode][]>();
  for (const [path, node] of entries) {
    const [head, rest] = path.split('.');
    if (rest === undefined) tree[head] = node;
    else groups.set(head, [...(groups.get(head) ?? []), [rest, node]]);
  }
  for (const [head, members] of groups) {
    const inner = struct(Object.fromEntries(members));
    tree[head] = dice.chance(0.8) ? (dice.chance(0.5) ? inner : cell([inner, inner])) : field(2);
  }
  if (dice.chance(0.1)) Object.assign(tree, deep(dice.few(200)));
  const node = dice.chance(0.9) ? struct(tree) : field(2);
  const options = { isBigEndian: dice.chance(0.2), isCompressed: dice.chance(0.5) };
  return matFile({ [variable]: node }, options);
}

const fieldsOf: Readonly<Record<string, readonly string[]>> = {
  session: [
    'epochs.name',
    'epochs.startTime',
    'epochs.stopTime',
    'epochs.environment',
    'extracellular.sr',
  ],
  cell_metrics: [
    'UID',
    'brainRegion',
    'putativeCellType',
    'spikes.times',
    'tags.Bad',
    'general.cellCount',
    'shankID',
    'cluID',
    'sessionName',
  ],
  SleepState: ['ints.NREMstate', 'ints.THETA', 'ints.__proto__', 'ints.constructor'],
  ripples: ['timestamps', 'times', 'peaks', 'flagged', 'added'],
};

function variableOf(suffix: string): string {
  const names = ['session', 'cell_metrics', 'SleepState', 'ripples'];
  const known: readonly string[] = suffixes;
  return names[known.indexOf(suffix)] ?? 'session';
}

function anyNode(dice: Dice, depth: number): MatNode {
  const values = () =>
    Array.from({ length: dice.below(7) }, () =>
      dice.pick([0, 1, 2, 3, -1, 0.5, 1e9, 1e17, 1e300, Number.NaN, Infinity, dice.below(120)]),
    );
  switch (dice.below(depth > 0 ? 11 : 6)) {
    case 0:
    case 1:
      return numeric(values());
    case 2: {
      const numbers = values();
      const dims = dice.pick([
        [1, numbers.length],
        [numbers.length, 1, 1],
        [numbers.length / 2, 2],
        [2, 3],
      ]);
      return numeric(numbers, { dims, isLogical: dice.chance(0.1) });
    }
    case 3:
      return char(dice.pick(['', 'sleep', 'CA1', 'é🙂', 'x'.repeat(dice.few(5000))]));
    case 4:
      return numeric([1, 2], { imaginary: [3, 4] });
    case 5: {
      const huge = Array.from({ length: dice.pick([2, 3, 34, 64, 65]) }, () =>
        dice.pick([0, 1, 2, 0x7fffffff, 0xffff]),
      );
      return raw(dice.pick([1, 2, 4, 5, 6, 9, 16, 17, 99]), huge, () => [
        Buffer.from([5, 0, 4, 0, dice.below(40), 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]),
      ]);
    }
    case 6:
    case 7:
      return cell(Array.from({ length: dice.below(5) }, () => anyNode(dice, depth - 1)));
    case 8:
      return cell(
        [anyNode(dice, depth - 1), anyNode(dice, depth - 1)],
        dice.pick([
          [2, 1],
          [1, 1],
          [0x7fffffff, 0x7fffffff],
          [1, 3],
        ]),
      );
    default:
      return struct(
        Object.fromEntries(
          Array.from({ length: dice.below(4) }, () => [
            dice.pick(fieldNames),
            anyNode(dice, depth - 1),
          ]),
        ),
        dice.chance(0.1) ? [dice.pick([0, 2, 0x7fffffff]), 1] : undefined,
      );
  }
}

/** A nest of cells in a field that is read. */
function deep(depth: number): Record<string, MatNode> {
  let node = numeric([1]);
  for (let i = 0; i < depth; i++) node = cell([node]);
  return { epochs: node, UID: node, timestamps: node, ints: node };
}

/** Zeros that take little space, in a field that is read, in one that is not, or in a variable that is not. */
export function bomb(suffix: string, dice: Dice): Buffer {
  const nBlocks = dice.chance(0.1) ? 512 : 48;
  const variable = variableOf(suffix);
  const [field = ''] = fieldsOf[variable];
  const place = dice.pick(['field', 'other field', 'other variable']);
  const name = place === 'other variable' ? 'padding' : variable;
  const inner = place === 'field' ? field.split('.')[0] : 'padding';
  const file = matFile({ [name]: struct({ [inner]: numeric([]) }) }, { isCompressed: false });
  const start = Buffer.from(file.subarray(128));
  // The empty matrix is the end of all: the same, with as many values as there are zeros.
  const nBytes = nBlocks * mebibyte;
  start.writeUInt32LE(start.length - 8 + nBytes, 4);
  const at = start.length - matrixSize;
  start.writeUInt32LE(matrixSize - 8 + nBytes, at + 4);
  start.writeUInt32LE(nBytes / 8, at + 32);
  start.writeUInt32LE(nBytes, start.length - 4);
  const deflated = deflatedZeros(start, nBlocks);
  const element = Buffer.concat([words([15, deflated.length], false), deflated]);
  const last = place === 'other variable' ? matFile({ [variable]: struct({}) }).subarray(128) : '';
  return Buffer.concat([file.subarray(0, 128), element, Buffer.from(last)]);
}

/** Of an empty matrix: tag, flags, dimensions, name, and the tag of its numbers. */
const matrixSize = 56;

/** A zlib stream of some bytes and so many mebibytes of zeros, made without them. */
function deflatedZeros(start: Buffer, nBlocks: number): Buffer {
  const flush = { finishFlush: constants.Z_FULL_FLUSH };
  const zeros = deflateRawSync(Buffer.alloc(mebibyte), flush);
  let [a, b] = [1, 0];
  for (const byte of start) {
    a = (a + byte) % 65_521;
    b = (b + a) % 65_521;
  }
  b = (b + a * ((nBlocks * mebibyte) % 65_521)) % 65_521;
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(b * 0x10000 + a);
  return Buffer.concat([
    Buffer.from([0x78, 0x01]),
    deflateRawSync(start, flush),
    ...Array.from({ length: nBlocks }, () => zeros),
    deflateRawSync(Buffer.alloc(0)),
    checksum,
  ]);
}

function words(values: readonly number[], isBigEndian: boolean): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, i) => {
    put(bytes, i * 4, value, isBigEndian);
  });
  return bytes;
}

function word(bytes: Buffer, at: number, isBigEndian: boolean): number {
  return isBigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
}

function put(bytes: Buffer, at: number, value: number, isBigEndian: boolean): void {
  if (at + 4 > bytes.length) return;
  if (isBigEndian) bytes.writeUInt32BE(value >>> 0, at);
  else bytes.writeUInt32LE(value >>> 0, at);
}

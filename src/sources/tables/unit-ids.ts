import { InputError, show } from '../../errors.ts';
import { parseDecimal } from './decimal.ts';
import { placeOf, type TableFile } from './table-file.ts';

/** A unit id as a table has it, and where it stood first. */
export interface IdEntry {
  readonly text: string;
  readonly at: number;
}

const maxIds = 1 << 16;

/**
 * Numbers the different texts of a column of unit ids in the order of their appearance. Small whole numbers are found in
 * an array, for there is one for every spike.
 */
export class UnitIds {
  readonly entries: IdEntry[] = [];
  /** By small whole number, its entry; -1 where it has none yet. */
  readonly small = new Int32Array(1 << 16).fill(-1);
  #numbers = new Map<number, number>();
  #texts = new Map<string, number>();
  #file: TableFile;
  #admit: (entry: IdEntry) => void;

  /** @param admit is shown each new id, and throws where it may not stand */
  constructor(file: TableFile, admit: (entry: IdEntry) => void) {
    this.#file = file;
    this.#admit = admit;
  }

  ofNumber(number: number, at: number): number {
    const known = this.small[number] ?? this.#numbers.get(number) ?? -1;
    if (known >= 0) return known;
    const entry = this.ofText(String(number), at);
    if (number >= 0 && number < this.small.length) this.small[number] = entry;
    else this.#numbers.set(number, entry);
    return entry;
  }

  /** @throws InputError when it is empty, or there are too many */
  ofText(text: string, at: number): number {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    if (text === '') throw this.#error(at, 'BAD_UNIT_ID', 'nothing', 'the id of a unit');
    if (this.entries.length >= maxIds) {
      const found = `more than ${maxIds} different ids`;
      throw this.#error(at, 'TOO_MANY_UNITS', found, 'unit_id to name the unit of each spike');
    }
    this.#admit({ text, at });
    this.#texts.set(text, this.entries.length);
    return this.entries.push({ text, at }) - 1;
  }

  #error(at: number, code: string, found: string, expected: string): InputError {
    return new InputError({ code, where: placeOf(this.#file, at, 'unit_id'), found, expected });
  }
}

/** What the ids of a table stand for. */
export interface UnitNames {
  /** Id and label of each unit: ids that are texts count from 1 and are the labels. */
  readonly units: readonly { readonly id: number; readonly label: string }[];
  /** The index of the unit with this id; undefined where there is none. */
  readonly indexOf: (text: string) => number | undefined;
}

/**
 * Names units in the order of the ids. Where every id is a number all must be whole ones of 32 bits, and `1`, `01` and
 * `1.0` are one unit; else ids are texts, and so is a number among them.
 * @throws InputError when an id is a number, but no unit's, or stands twice
 */
export function nameUnits(entries: readonly IdEntry[], file: TableFile): UnitNames {
  const numbers = entries.map(({ text }) => parseDecimal(text));
  const isText = numbers.some(Number.isNaN);
  const index = new Map<string | number, number>();
  const units = entries.map(({ text, at }, i) => {
    const [key, number] = [isText ? text : numbers[i] + 0, numbers[i] + 0];
    const [where, code] = [placeOf(file, at, 'unit_id'), 'BAD_UNIT_ID'];
    if (!isText && (number | 0) !== number) {
      throw new InputError({ code, where, found: text, expected: 'a whole number of 32 bits' });
    }
    if (index.has(key)) {
      const [found, expected] = [`${show(text)} twice`, 'a different id for each unit'];
      throw new InputError({ code: 'UNIT_TWICE', where, found, expected });
    }
    index.set(key, i);
    return isText ? { id: i + 1, label: text } : { id: number, label: '' };
  });
  return { units, indexOf: (text) => index.get(isText ? text : parseDecimal(text) + 0) };
}

/**
 * The ids of units that no table lists, each once and in order: ascending where all are numbers, else texts with the
 * numbers in them ascending, so that `unit 2` comes before `unit 10`.
 */
export function sortIds(entries: readonly IdEntry[]): IdEntry[] {
  const isText = entries.some(({ text }) => Number.isNaN(parseDecimal(text)));
  if (isText) return [...entries].sort((a, b) => compareNaturally(a.text, b.text));
  const sorted = [...entries].sort((a, b) => Number(a.text) - Number(b.text));
  return sorted.filter(({ text }, i) => i === 0 || Number(text) !== Number(sorted[i - 1].text));
}

function compareNaturally(a: string, b: string): number {
  const [x, y] = [a, b].map((text) => text.match(/\d+|\D+/g) ?? []);
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const areNumbers = /^\d/.test(x[i]) && /^\d/.test(y[i]);
    const difference = areNumbers ? Number(x[i]) - Number(y[i]) : compare(x[i], y[i]);
    if (difference !== 0 && !Number.isNaN(difference)) return difference;
  }
  return x.length - y.length || compare(a, b);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

import { InputError } from '../../errors.ts';
import { describe, type MatStruct, type MatValue } from './values.ts';

/** A value and where it stands, so that what is wrong with it can name the place. */
export interface Placed {
  readonly value: MatValue;
  /** File and field, such as `x.session.mat, session.epochs{2}.name`. */
  readonly where: string;
}

export function badField({ where }: Placed, found: string, expected: string): InputError {
  return new InputError({ code: 'BAD_FIELD', where, found, expected });
}

/** Whether a field is there and holds anything. */
export function isEmpty({ value }: Placed): boolean {
  if (value.kind === 'unsupported') return false;
  return value.dims.some((n) => n === 0);
}

/** The only element of a struct. A cell around it is looked through. */
export function structOf(placed: Placed): MatStruct {
  const { value } = unwrapped(placed);
  if (value.kind === 'struct' && value.dims.every((n) => n === 1)) return value;
  throw badField(placed, describe(value), 'a struct');
}

/** The field of a struct; undefined where there is no such field. */
export function fieldOf(placed: Placed, name: string): Placed | undefined {
  const value = structOf(placed).fields.get(name)?.[0];
  return value && { value, where: `${placed.where}.${name}` };
}

/**
 * @throws InputError when there is no such field
 */
export function requiredField(placed: Placed, name: string): Placed {
  const field = fieldOf(placed, name);
  if (field) return field;
  const names = [...structOf(placed).fields.keys()].join(', ');
  throw new InputError({
    code: 'FIELD_MISSING',
    where: `${placed.where}.${name}`,
    found: names === '' ? 'no such field' : `no such field beside ${names}`,
    expected: 'this field',
  });
}

/** The elements of a cell or of a struct array, one by one; any other value is the only element. */
export function elementsOf({ value, where }: Placed): Placed[] {
  if (value.kind === 'cell') {
    return value.items.map((item, i) => ({ value: item, where: `${where}{${i + 1}}` }));
  }
  if (value.kind !== 'struct') return isEmpty({ value, where }) ? [] : [{ value, where }];
  const nElements = value.dims.reduce((product, n) => product * n, 1);
  if (nElements === 1) return [{ value, where }];
  const fields = [...value.fields];
  return Array.from({ length: fields.length === 0 ? 0 : nElements }, (_, i) => ({
    value: {
      kind: 'struct',
      dims: [1, 1],
      fields: new Map(fields.map(([name, values]) => [name, values.slice(i, i + 1)])),
    },
    where: `${where}(${i + 1})`,
  }));
}

/** Real numbers, whatever the shape, in column-major order. */
export function numbersOf(placed: Placed): Float64Array {
  const { value } = unwrapped(placed);
  if (value.kind !== 'numeric') throw badField(placed, describe(value), 'numbers');
  if (value.imaginary) throw badField(placed, 'complex numbers', 'real numbers');
  return value.data;
}

/** A row or column of real numbers. */
export function vectorOf(placed: Placed): Float64Array {
  const numbers = numbersOf(placed);
  const { value } = unwrapped(placed);
  const isVector = value.kind === 'numeric' && Math.max(...value.dims, 0) === numbers.length;
  if (isVector || numbers.length === 0) return numbers;
  throw badField(placed, describe(value), 'one row or one column');
}

/** One finite number. */
export function numberOf(placed: Placed): number {
  const numbers = numbersOf(placed);
  if (numbers.length === 1 && Number.isFinite(numbers[0])) return numbers[0];
  const found = numbers.length === 1 ? String(numbers[0]) : `${numbers.length} numbers`;
  throw badField(placed, found, 'one finite number');
}

/** A text; an empty value of any kind is the empty text. */
export function textOf(placed: Placed): string {
  if (isEmpty(placed)) return '';
  const { value } = unwrapped(placed);
  if (value.kind === 'char' && value.rows.length <= 1) return value.rows[0] ?? '';
  if (value.kind === 'numeric' && value.data.length === 0) return '';
  throw badField(placed, describe(value), 'a text');
}

/** What a cell with one item holds. */
function unwrapped({ value, where }: Placed): Placed {
  if (value.kind !== 'cell' || value.items.length !== 1) return { value, where };
  return unwrapped({ value: value.items[0], where: `${where}{1}` });
}

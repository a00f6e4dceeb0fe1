/** A MATLAB value as it was stored; arrays are in column-major order. */
export type MatValue = MatNumeric | MatChar | MatCell | MatStruct | MatUnsupported;

export interface MatNumeric {
  readonly kind: 'numeric';
  readonly dims: readonly number[];
  /** Every number type as doubles. */
  readonly data: Float64Array;
  readonly imaginary: Float64Array | undefined;
  readonly isLogical: boolean;
}

export interface MatChar {
  readonly kind: 'char';
  readonly dims: readonly number[];
  /** One text per row of the matrix. */
  readonly rows: readonly string[];
}

export interface MatCell {
  readonly kind: 'cell';
  readonly dims: readonly number[];
  readonly items: readonly MatValue[];
}

/** A struct or an array of structs: each field has one value per element. */
export interface MatStruct {
  readonly kind: 'struct';
  readonly dims: readonly number[];
  /** The fields that were asked for. */
  readonly fields: ReadonlyMap<string, readonly MatValue[]>;
}

/** What is skipped: sparse matrices, function handles, objects. */
export interface MatUnsupported {
  readonly kind: 'unsupported';
  readonly className: string;
}

/** Which fields of a variable are decoded: all, or those named, each with its own selection. */
export type Selection = 'all' | ReadonlyMap<string, Selection>;

/** A selection from dotted paths, such as `spikes.times`; cells and struct arrays on the way need no mention. */
export function selectFields(paths: readonly string[] | undefined): Selection {
  if (paths === undefined) return 'all';
  const rests = new Map<string, string[]>();
  for (const path of paths) {
    const [head = '', ...rest] = path.split('.');
    rests.set(head, [...(rests.get(head) ?? []), rest.join('.')]);
  }
  return new Map(
    [...rests].map(([head, paths]) => [head, paths.includes('') ? 'all' : selectFields(paths)]),
  );
}

/** An empty matrix, as MATLAB writes `[]`. */
export const emptyMatrix: MatNumeric = {
  kind: 'numeric',
  dims: [0, 0],
  data: new Float64Array(0),
  imaginary: undefined,
  isLogical: false,
};

/** What a value is, for messages: "a 3 x 2 cell". */
export function describe(value: MatValue): string {
  if (value.kind === 'unsupported') return `a value of class ${value.className}`;
  return `a ${value.dims.join(' x ')} ${value.kind === 'numeric' ? 'matrix' : value.kind}`;
}

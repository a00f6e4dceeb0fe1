import { type ColorMap, nothing } from './colors.ts';
import type { Page } from './page.ts';
import type { Frame } from './panel.ts';
import { encodePng } from './png.ts';

/** How numbers become colours. */
export interface ColorScale {
  readonly map: ColorMap;
  /** Values beyond have the colour of the nearer end. */
  readonly domain: readonly [number, number];
  /** Colour of NaN. */
  readonly missing?: string;
}

export interface Matrix {
  readonly nRows: number;
  readonly nColumns: number;
  /** Row-major. */
  readonly values: Float64Array;
  /** 1 for cells that stay white whatever their value. */
  readonly isMasked?: Uint8Array;
}

/** Colours a scale is divided into; two entries of the palette are for masked and missing cells. */
const nLevels = 254;
const firstLevel = 2;

/**
 * A heat map as one embedded picture, the first row on top; a thousand times a thousand cells are no burden. Cells are
 * made of several pixels each where they are few, since not every program leaves them sharp that it scales up.
 */
export function heatImage(page: Page, frame: Frame, matrix: Matrix, scale: ColorScale): SVGElement {
  const { nRows, nColumns } = matrix;
  const [across, down] = [repeats(nColumns, frame.width), repeats(nRows, frame.height)];
  const codes = encodeCells(matrix, scale);
  const indices = new Uint8Array(codes.length * across * down);
  const width = nColumns * across;
  for (let row = 0; row < nRows; row++) {
    const start = row * down * width;
    for (let column = 0; column < nColumns; column++) {
      const from = start + column * across;
      indices.fill(codes[row * nColumns + column], from, from + across);
    }
    for (let copy = 1; copy < down; copy++) {
      indices.copyWithin(start + copy * width, start, start + width);
    }
  }
  const png = encodePng(width, nRows * down, indices, paletteOf(scale));
  return page.element('image', {
    x: frame.x,
    y: frame.y,
    width: frame.width,
    height: frame.height,
    preserveAspectRatio: 'none',
    'image-rendering': 'optimizeSpeed',
    'data-rows': nRows,
    'data-columns': nColumns,
    'data-domain': scale.domain.join(' '),
    href: `data:image/png;base64,${Buffer.from(png).toString('base64')}`,
  });
}

/** Pixels along one side of a cell: about three for each pixel of the page. */
function repeats(nCells: number, length: number): number {
  return nCells === 0 ? 1 : Math.max(1, Math.ceil((3 * length) / nCells));
}

function encodeCells({ values, isMasked }: Matrix, { domain }: ColorScale): Uint8Array {
  const [low, high] = domain;
  return Uint8Array.from(values, (value, cell) => {
    if (isMasked?.[cell] === 1) return 0;
    if (Number.isNaN(value)) return 1;
    const fraction = Math.min(1, Math.max(0, (value - low) / (high - low)));
    return firstLevel + Math.round(fraction * (nLevels - 1));
  });
}

function paletteOf({ map, missing = nothing }: ColorScale): Uint8Array {
  const palette = new Uint8Array(3 * (firstLevel + nLevels));
  palette.set([255, 255, 255, ...fromHex(missing)]);
  for (let level = 0; level < nLevels; level++) {
    palette.set(map(level / (nLevels - 1)), 3 * (firstLevel + level));
  }
  return palette;
}

function fromHex(color: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
}

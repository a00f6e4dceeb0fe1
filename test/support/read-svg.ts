import { inflateSync } from 'node:zlib';
import { parseHTML } from 'linkedom';

/** The elements of a figure. */
export function parseSvg(svg: string): Element {
  const { document } = parseHTML(`<!doctype html><html><body>${svg}</body></html>`);
  const root = document.querySelector('svg');
  if (!root) throw new Error(`no SVG: ${svg.slice(0, 80)}`);
  return root;
}

export function all(root: Element, selector: string): Element[] {
  return [...root.querySelectorAll(selector)];
}

export function data(element: Element | null | undefined, name: string): string {
  const value = element?.getAttribute(`data-${name}`);
  if (value === null || value === undefined) throw new Error(`no data-${name}`);
  return value;
}

export function numberOf(element: Element | null | undefined, name: string): number {
  return Number(data(element, name));
}

/** What lies at a place of a panel: pixels to values, by the scales that the panel tells. */
export function valuesAt(panel: Element) {
  const scale = (axis: 'x' | 'y') => {
    const [d0, d1] = data(panel, `${axis}-domain`).split(' ').map(Number) as [number, number];
    const [r0, r1] = data(panel, `${axis}-range`).split(' ').map(Number) as [number, number];
    const isLog = data(panel, `${axis}-scale`) === 'log';
    const [from, to] = isLog ? [Math.log(d0), Math.log(d1)] : [d0, d1];
    return (pixel: number): number => {
      const value = from + ((pixel - r0) / (r1 - r0)) * (to - from);
      return isLog ? Math.exp(value) : value;
    };
  };
  return { x: scale('x'), y: scale('y') };
}

/** Half a hundredth of a pixel, in the units of an axis: what coordinates are rounded to. */
export function rounding(panel: Element, axis: 'x' | 'y'): number {
  const [d0 = 0, d1 = 1] = data(panel, `${axis}-domain`).split(' ').map(Number);
  const [r0 = 0, r1 = 1] = data(panel, `${axis}-range`).split(' ').map(Number);
  return (0.011 * Math.abs(d1 - d0)) / Math.abs(r1 - r0);
}

/** The corners of a path of straight lines. */
export function pointsOf(path: Element | null | undefined): [number, number][] {
  const d = path?.getAttribute('d') ?? '';
  return [...d.matchAll(/[ML]?(-?[\d.]+(?:e-?\d+)?),(-?[\d.]+(?:e-?\d+)?)/g)].map(
    ([, x, y]) => [Number(x), Number(y)] as [number, number],
  );
}

export interface ReadPng {
  readonly width: number;
  readonly height: number;
  /** Pixels per metre, where it says so. */
  readonly density: number | undefined;
  /** Colour at a place; for PNGs of indices into a palette. */
  readonly colorAt: (x: number, y: number) => [number, number, number];
  readonly indexAt: (x: number, y: number) => number;
}

/** Reads a PNG, its pixels where it is one of 8-bit indices and unfiltered rows. */
export function readPng(bytes: Uint8Array): ReadPng {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks = new Map<string, Uint8Array>();
  for (let at = 8; at < bytes.length; ) {
    const length = view.getUint32(at);
    const type = new TextDecoder('latin1').decode(bytes.subarray(at + 4, at + 8));
    if (!chunks.has(type)) chunks.set(type, bytes.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const physical = chunks.get('pHYs');
  const density =
    physical && new DataView(physical.buffer, physical.byteOffset, physical.length).getUint32(0);
  const isIndexed = bytes[25] === 3;
  const pixels = isIndexed ? inflateSync(chunks.get('IDAT') ?? new Uint8Array()) : undefined;
  const palette = chunks.get('PLTE') ?? new Uint8Array();
  const indexAt = (x: number, y: number): number => {
    if (!pixels) throw new Error('no PNG of indices');
    if (pixels[y * (width + 1)] !== 0) throw new Error('a filtered row');
    return pixels[y * (width + 1) + 1 + x] ?? -1;
  };
  return {
    width,
    height,
    density,
    indexAt,
    colorAt: (x, y) => [...palette.subarray(3 * indexAt(x, y), 3 * indexAt(x, y) + 3)] as never,
  };
}

/** The index into the palette of each cell of a heat map, row-major. */
export function cellsOf(image: Element | null | undefined): {
  cells: number[];
  n: [number, number];
} {
  const href = image?.getAttribute('href') ?? '';
  const [kind, base64 = ''] = href.split(',');
  if (kind !== 'data:image/png;base64') throw new Error(`no picture: ${kind}`);
  const png = readPng(Uint8Array.from(Buffer.from(base64, 'base64')));
  const [rows, columns] = [numberOf(image, 'rows'), numberOf(image, 'columns')];
  const cells: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const x = Math.floor(((column + 0.5) * png.width) / columns);
      cells.push(png.indexAt(x, Math.floor(((row + 0.5) * png.height) / rows)));
    }
  }
  return { cells, n: [rows, columns] };
}

/** The level that a value has in a heat map with these limits; 1 where there is none. */
export function levelOf(value: number, [low, high]: readonly [number, number]): number {
  if (Number.isNaN(value)) return 1;
  return 2 + Math.round(253 * Math.min(1, Math.max(0, (value - low) / (high - low))));
}

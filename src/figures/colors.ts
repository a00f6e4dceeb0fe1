import { coolWarm } from './cool-warm.ts';

/** Text and axes. */
export const ink = '#1a1a1a';
/** Lines that only guide the eye. */
export const faint = '#8c8c8c';
/** Where there is no value. */
export const nothing = '#ffffff';
/** Members of an assembly among its other units, as the tutorial has them. */
export const memberColor = '#6768ab';
export const borderColor = '#c00000';

/** Told apart by all common kinds of colour vision. Source: Paul Tol, Colour schemes, SRON/EPS/TN/09-002, "muted". */
const categories = [
  '#332288',
  '#cc6677',
  '#117733',
  '#88ccee',
  '#aa4499',
  '#999933',
  '#44aa99',
  '#882255',
  '#ddcc77',
] as const;

/** The same for areas. Source: Okabe & Ito 2008, Color Universal Design. */
const areas = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#cc79a7',
  '#56b4e9',
  '#d55e00',
  '#f0e442',
  '#999999',
] as const;

/** More assemblies than that have no colour of their own: colours run along a scale. */
export const maxCategories = categories.length;

/** The colour of assembly `number`, which counts from 1, among `n`. */
export function assemblyColor(number: number, n: number): string {
  if (n <= categories.length) return categories[number - 1] ?? ink;
  return toHex(viridis(n > 1 ? (0.92 * (number - 1)) / (n - 1) : 0));
}

export function areaColor(index: number): string {
  return areas[index % areas.length] ?? faint;
}

type Rgb = readonly [number, number, number];
/** A colour for 0 to 1. */
export type ColorMap = (fraction: number) => Rgb;

/** From dark to light, evenly for the eye, readable without colour. Source: Smith & van der Walt 2015, matplotlib. */
export const viridis: ColorMap = between([
  [68, 1, 84],
  [72, 40, 120],
  [62, 74, 137],
  [49, 104, 142],
  [38, 130, 142],
  [31, 158, 137],
  [53, 183, 121],
  [109, 205, 89],
  [180, 222, 44],
  [253, 231, 37],
]);

/** From black over purple to light, as the tutorial's averages are drawn. Source: the same, "magma". */
export const magma: ColorMap = between([
  [0, 0, 4],
  [24, 15, 61],
  [68, 15, 118],
  [114, 31, 129],
  [158, 47, 127],
  [205, 64, 113],
  [241, 96, 93],
  [253, 150, 104],
  [254, 202, 141],
  [252, 253, 191],
]);

/** Blue below, red above, light in the middle. */
export const diverging: ColorMap = coolWarm;

function between(stops: readonly Rgb[]): ColorMap {
  return (fraction) => {
    const at = Math.min(1, Math.max(0, fraction)) * (stops.length - 1);
    const index = Math.min(stops.length - 2, Math.floor(at));
    const [low, high] = [stops[index], stops[index + 1]];
    const mix = (channel: 0 | 1 | 2): number =>
      Math.round((low?.[channel] ?? 0) * (1 - at + index) + (high?.[channel] ?? 0) * (at - index));
    return [mix(0), mix(1), mix(2)];
  };
}

export function toHex([red, green, blue]: Rgb): string {
  return `#${[red, green, blue].map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

/** Colours from the lowest to the highest value, as red, green and blue from 0 to 255. */
export type ColourMap = readonly (readonly [number, number, number])[];

/** For strengths of which zero is nothing. */
export const whiteToBlue: ColourMap = [
  [247, 249, 251],
  [198, 216, 235],
  [126, 170, 213],
  [56, 116, 174],
  [20, 66, 120],
  [8, 29, 68],
];

/** The colour at a place between 0 and 1, as CSS; what lies outside takes the nearest. */
export function colourOf(map: ColourMap, share: number): string {
  const place = Math.min(1, Math.max(0, share)) * (map.length - 1);
  const lower = Math.min(map.length - 2, Math.floor(place));
  const part = place - lower;
  const mixed = [0, 1, 2].map((i) =>
    Math.round(map[lower][i] * (1 - part) + map[lower + 1][i] * part),
  );
  return `rgb(${mixed.join(', ')})`;
}

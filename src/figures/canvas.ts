import type * as PlotModule from '@observablehq/plot';
import { ConfigError } from '../errors.ts';

/** What figures are drawn with. */
export interface Canvas {
  readonly plot: typeof PlotModule;
  /** A document of its own: nothing of a page, or of another figure. */
  readonly document: Document;
}

/** Turns the text of an SVG into a PNG. @param dpi pixels per inch, where the SVG has 96 */
export type Rasterize = (svg: string, dpi: number) => Uint8Array;

/** The packages that figures need, and none but figures; exactly what package.json names as optional. */
export const figurePackages = {
  svg: ['@observablehq/plot@0.6.17', 'linkedom@0.18.15'],
  png: ['@resvg/resvg-js@2.6.2', 'dejavu-fonts-ttf@2.37.3'],
} as const;

/** @throws ConfigError FIGURES_NOT_INSTALLED when the packages for SVG are not there */
export async function openCanvas(): Promise<Canvas> {
  const [plot, { parseHTML }] = await Promise.all([
    installed(() => import('@observablehq/plot')),
    installed(() => import('linkedom')),
  ]);
  return { plot, document: parseHTML('<!doctype html><html><body></body></html>').document };
}

/**
 * The fonts come from a package, so that text looks the same on every machine; those of the machine are asked only for
 * letters that DejaVu does not have.
 * @throws ConfigError FIGURES_NOT_INSTALLED when the packages for PNG are not there; the function, FIGURE_TOO_LARGE
 */
export async function openRasterizer(): Promise<Rasterize> {
  const { Resvg } = await installed(() => import('@resvg/resvg-js'));
  const { withDensity } = await import('./png.ts');
  const fontFiles = await installed(findFonts);
  return (svg, dpi) => {
    const font = {
      fontFiles,
      loadSystemFonts: hasFarLetters(svg),
      defaultFontFamily: 'DejaVu Sans',
      sansSerifFamily: 'DejaVu Sans',
    };
    const fitTo = { mode: 'zoom', value: dpi / 96 } as const;
    const drawing = new Resvg(svg, { font, fitTo, background: '#ffffff' });
    expectSize(drawing, dpi);
    return withDensity(drawing.render().asPng(), dpi);
  };
}

/** Four bytes each while they are drawn. */
const maxPixels = 250e6;

function expectSize({ width, height }: { width: number; height: number }, dpi: number): void {
  const nPixels = width * height * (dpi / 96) ** 2;
  if (nPixels <= maxPixels) return;
  const most = Math.floor(96 * Math.sqrt(maxPixels / (width * height)));
  throw new ConfigError({
    code: 'FIGURE_TOO_LARGE',
    where: 'dpi',
    found: `${dpi}, for a figure of ${Math.round(width)} times ${Math.round(height)} pixels of 1/96 inch`,
    expected: `at most ${most}`,
    hint: 'take SVG, which has no pixels, or show less in one figure',
  });
}

async function findFonts(): Promise<string[]> {
  const { createRequire } = await import('node:module');
  const { resolve } = createRequire(import.meta.url);
  return ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((name) =>
    resolve(`dejavu-fonts-ttf/ttf/${name}`),
  );
}

/** East Asian scripts and pictures, roughly. */
function hasFarLetters(text: string): boolean {
  return /[\u2e80-\ufaff\u{1f000}-\u{3ffff}]/u.test(text);
}

async function installed<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    const all = [...figurePackages.svg, ...figurePackages.png];
    throw new ConfigError({
      code: 'FIGURES_NOT_INSTALLED',
      message: `figures need packages that are not installed: ${messageOf(cause)}`,
      hint: `npm install ${all.join(' ')}`,
      cause,
    });
  }
}

function messageOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return message.split('\n', 1)[0] ?? '';
}

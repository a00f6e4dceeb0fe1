import type { FigureName } from '../../figures/request.ts';
import type { RunResults } from '../../results/run-results.ts';

/** What a figure is about besides its name. */
export interface FigureChoice {
  /** Prefix of the files it is made of. */
  readonly prefix?: string;
  /** How much of the page's width it gets. */
  readonly size?: 'whole' | 'half';
}

/** Draws a figure as SVG; undefined where the run has nothing that it shows. */
export type Draw = (name: FigureName, choice?: FigureChoice) => Promise<string | undefined>;

/** What sections are written from. */
export interface ReportContext {
  readonly results: RunResults;
  readonly draw: Draw;
}

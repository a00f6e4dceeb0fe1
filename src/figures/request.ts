/** Every figure, in the order in which a report shows them. */
export const figureNames = [
  'session',
  'spectrum',
  'convergence',
  'stability',
  'weights',
  'weights-map',
  'members',
  'activation',
  'psth',
  'psth-map',
  'peaks',
  'correlation',
  'graph',
] as const;
export type FigureName = (typeof figureNames)[number];

export function isFigureName(name: string): name is FigureName {
  return (figureNames as readonly string[]).includes(name);
}

/** Pixels, 96 to an inch. */
export interface FigureSize {
  /** At most; a figure takes no more than it needs. */
  readonly width?: number | undefined;
  /** To aim at; what the content needs, when left out. */
  readonly height?: number | undefined;
}

/** What to draw of a run; what does not apply to a figure is refused. */
export interface FigureRequest extends FigureSize {
  /** The set of events: an event-align node. */
  readonly events?: string | undefined;
  /** The number of an assembly, from 1. */
  readonly assembly?: number | undefined;
  /** Of several fits, projections, correlations or recordings, the one of this node. */
  readonly node?: string | undefined;
}

export interface DrawnFigure {
  /** The figure's name, behind that of a node where there are several: `standard.weights`. */
  readonly name: string;
  readonly svg: string;
}

import { defineSink, type FinishedRun, type OpenSink, type SinkContext } from '../define.ts';
import { didYouMean, show } from '../errors.ts';
import { openCanvas, openRasterizer } from '../figures/canvas.ts';
import { type FigureName, figureNames, isFigureName } from '../figures/request.ts';
import { choice, count, labels, optional, type Param, type ParamsOf } from '../params.ts';

const params = {
  figures: optional(
    names({ doc: 'Which figures; all that the run has something for when left out.' }),
  ),
  formats: choice({
    of: ['svg', 'png', 'svg-and-png'],
    default: 'svg',
    doc: 'SVG scales without loss and can be edited; PNG goes where SVG does not.',
  }),
  dpi: count({ min: 36, max: 1200, default: 300, doc: 'Pixels per inch of PNGs.' }),
  width: count({
    min: 320,
    max: 4000,
    default: 720,
    doc: 'Width in pixels of 1/96 inch, at most; a figure takes no more than it needs.',
  }),
};
export type FiguresOptions = ParamsOf<typeof params>;

/** Names of figures. */
function names(spec: { doc: string }): Param<readonly string[]> {
  const base = labels(spec);
  const unknown = (value: unknown) => base.parse(value)?.find((name) => !isFigureName(name));
  return {
    ...base,
    expected: `one or several of ${figureNames.join(', ')}`,
    schema: {
      anyOf: [
        { enum: [...figureNames] },
        { type: 'array', items: { enum: [...figureNames] }, minItems: 1 },
      ],
    },
    parse: (value) => (unknown(value) === undefined ? base.parse(value) : undefined),
    hint: (value) => {
      const name = unknown(value);
      return name === undefined ? undefined : `${show(name)}: ${didYouMean(name, figureNames)}`;
    },
  };
}

/**
 * Draws the figures of a run as files in its folder `figures`, when all its tables are written. Figures that the run has
 * nothing for are left out; where no assemblies were found, those of assemblies say so.
 * @throws SinkError when a file cannot be written
 */
function open({ figures, formats, dpi, width }: FiguresOptions, { folder }: SinkContext): OpenSink {
  const write = async (name: string, bytes: Uint8Array): Promise<void> => {
    const file = await folder.create(`figures/${name}`);
    await file.write(bytes);
    await file.close();
  };
  const conclude = async ({ summary, results: files, stopIfAsked }: FinishedRun) => {
    const { openResults } = await import('../results/run-results.ts');
    const { drawFigure } = await import('../figures/catalogue.ts');
    const results = await openResults(files, summary);
    const canvas = await openCanvas();
    const rasterize = formats === 'svg' ? undefined : await openRasterizer();
    const wanted: readonly FigureName[] = figures?.filter(isFigureName) ?? figureNames;
    for (const figure of new Set(wanted)) {
      for (const { name, svg } of await drawFigure(figure, results, canvas, { width })) {
        stopIfAsked();
        if (formats !== 'png') await write(`${name}.svg`, new TextEncoder().encode(svg));
        if (rasterize) await write(`${name}.png`, rasterize(svg, dpi));
      }
    }
  };
  return {
    chunk: async () => {},
    value: async () => {},
    finish: async () => {},
    conclude,
  };
}

export const figuresNode = defineSink({
  op: 'figures',
  summary: 'Draws the figures of the run as SVG or PNG.',
  records: [],
  isMadeOfResults: true,
  params,
  prepare: async ({ formats }) => {
    await openCanvas();
    if (formats !== 'svg') await openRasterizer();
  },
  open: async (options, context) => open(options, context),
});

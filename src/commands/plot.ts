import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, extname, join, relative, resolve } from 'node:path';
import { ConfigError, didYouMean, InputError, SinkError, show } from '../errors.ts';
import { openCanvas, openRasterizer } from '../figures/canvas.ts';
import { drawFigure, figures } from '../figures/catalogue.ts';
import { type FigureName, figureNames, isFigureName } from '../figures/request.ts';
import { folderFiles } from '../results/result-files.ts';
import { openResults } from '../results/run-results.ts';

export interface PlotOptions {
  readonly figure: string;
  readonly events?: string;
  readonly assembly?: number;
  readonly node?: string;
  readonly format?: string;
  readonly dpi?: number;
  readonly width?: number;
  readonly height?: number;
  readonly out?: string;
}

/**
 * `rekindle plot`: draws a figure of a finished run. Without `--out` it goes to the run's folder `figures`; a figure that
 * the run has several of makes several files, unless `--node` chooses one.
 * @returns the exit code, or throws what `cli.ts` prints
 */
export async function plotCommand(folder: string, options: PlotOptions): Promise<number> {
  const figure = figureOf(options.figure);
  const format = formatOf(options);
  // Before the run is read: without the packages there is nothing to read it for.
  const canvas = await openCanvas();
  const rasterize = format === 'png' ? await openRasterizer() : undefined;
  const results = await openResults(folderFiles(folder));
  const { events, assembly, node, width, height } = options;
  const request = { events, assembly, node, width, height };
  const drawn = await drawFigure(figure, results, canvas, request);
  if (drawn.length === 0) {
    throw new InputError({
      code: 'NOTHING_TO_DRAW',
      where: folder,
      found: `nothing for the figure ${figure}`,
      expected: `a run with ${figures[figure].needs}`,
    });
  }
  if (options.out !== undefined && drawn.length > 1) {
    throw new ConfigError({
      code: 'SEVERAL_FIGURES',
      where: '--out',
      found: `${drawn.length} figures: ${drawn.map(({ name }) => name).join(', ')}`,
      expected: 'one figure for one file',
      hint: 'choose one with --node, or leave --out away',
    });
  }
  const detail = [events, assembly === undefined ? undefined : `assembly${assembly}`];
  const suffix = detail.filter((one) => one !== undefined).map((one) => `.${one}`);
  for (const { name, svg } of drawn) {
    const file = `${name}${suffix.join('')}.${format}`;
    const place = resolve(options.out ?? join(folder, 'figures', file));
    await save(place, rasterize ? rasterize(svg, options.dpi ?? 300) : svg);
    process.stdout.write(`${relative(process.cwd(), place)}\n`);
  }
  return 0;
}

function figureOf(name: string): FigureName {
  if (isFigureName(name)) return name;
  throw new ConfigError({
    code: 'UNKNOWN_FIGURE',
    where: '--figure',
    found: show(name),
    hint: didYouMean(name, figureNames),
  });
}

/** What was asked for, or what the name of the file says. */
function formatOf({ format, out, dpi }: PlotOptions): 'svg' | 'png' {
  const ending = out === undefined ? '' : extname(out).slice(1).toLowerCase();
  const wanted = format ?? (ending === '' ? (dpi === undefined ? 'svg' : 'png') : ending);
  if (wanted === 'svg' || wanted === 'png') return wanted;
  const where = format === undefined ? '--out' : '--format';
  throw new ConfigError({
    code: 'UNKNOWN_FORMAT',
    where,
    found: show(wanted),
    expected: 'svg or png',
  });
}

/** @throws SinkError when the file cannot be written */
export async function save(place: string, content: string | Uint8Array): Promise<void> {
  const unfinished = `${place}.partial`;
  try {
    await mkdir(dirname(place), { recursive: true });
    await writeFile(unfinished, content);
    await rename(unfinished, place);
  } catch (cause) {
    await rm(unfinished, { force: true }).catch(() => undefined);
    const message = cause instanceof Error ? cause.message : String(cause);
    const hint = 'choose another file with --out';
    throw new SinkError({ code: 'OUTPUT_UNWRITABLE', where: place, message, hint, cause });
  }
}

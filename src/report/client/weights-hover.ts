import type { PageData, PageFit } from '../page-data.ts';
import { decodeFloat32 } from './decode.ts';
import { formatNumber } from './format.ts';
import type { Tooltip } from './tooltip.ts';

interface Range {
  readonly low: number;
  readonly high: number;
}

/** One plot within a figure: what its axes show, and where, in the units of the figure. */
interface Panel {
  readonly assembly: number;
  readonly x: { readonly domain: Range; readonly range: Range };
  readonly y: { readonly domain: Range; readonly range: Range };
}

/** Names the unit, its region and its weight where the pointer is on a figure of weights. */
export function startWeightsHover(data: PageData, tooltip: Tooltip): void {
  for (const shown of document.querySelectorAll('[data-fit]')) {
    const fit = data.fits.find(({ prefix }) => prefix === shown.getAttribute('data-fit'));
    if (!fit) continue;
    const weights = decodeFloat32(fit.weights);
    for (const svg of shown.querySelectorAll('svg')) followWeights(svg, fit, weights, tooltip);
  }
}

function followWeights(
  svg: SVGSVGElement,
  fit: PageFit,
  weights: Float32Array,
  tooltip: Tooltip,
): void {
  const stems = [...svg.querySelectorAll('[data-panel="weights"]')].map(readPanel);
  const maps = [...svg.querySelectorAll('[data-panel="weights-map"]')].map(readPanel);
  const listed = svg.querySelector('[data-units]')?.getAttribute('data-units') ?? '';
  const ids = listed.split(' ').map(Number);
  // Stems are listed from below, the rows of a map from above.
  const unitAt = (place: number): number => ids[stems.length > 0 ? place : ids.length - 1 - place];
  const places = new Map(fit.units.map((unit, place) => [unit, place]));
  svg.addEventListener('pointermove', (event) => {
    const matrix = svg.getScreenCTM();
    if (!matrix) return;
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
    const panel = [...stems, ...maps].find((one) => isInside(one, at));
    const unit = panel && unitAt(Math.round(valueAt(panel.y, at.y)));
    const place = unit === undefined ? undefined : places.get(unit);
    if (!panel || place === undefined) {
      tooltip.hide();
      return;
    }
    const assembly = maps.includes(panel) ? Math.round(valueAt(panel.x, at.x)) : panel.assembly;
    const weight = weights[(assembly - 1) * fit.units.length + place];
    const region = fit.regions[fit.regionOf[place]] || '(no region)';
    const lines = [
      `unit ${unit}, ${region}`,
      `weight ${formatNumber(weight)} in assembly ${assembly}`,
    ];
    tooltip.show(lines, event.clientX, event.clientY);
  });
  svg.addEventListener('pointerleave', () => tooltip.hide());
}

function readPanel(group: Element): Panel {
  const pair = (name: string): Range => {
    const [low = 0, high = 0] = (group.getAttribute(name) ?? '').split(' ').map(Number);
    return { low, high };
  };
  return {
    assembly: Number(group.getAttribute('data-assembly')),
    x: { domain: pair('data-x-domain'), range: pair('data-x-range') },
    y: { domain: pair('data-y-domain'), range: pair('data-y-range') },
  };
}

function isInside({ x, y }: Panel, at: DOMPoint): boolean {
  const [top, bottom] = [Math.min(y.range.low, y.range.high), Math.max(y.range.low, y.range.high)];
  return at.x >= x.range.low - 6 && at.x <= x.range.high + 6 && at.y >= top && at.y <= bottom;
}

function valueAt({ domain, range }: Panel['x'], place: number): number {
  const share = (place - range.low) / (range.high - range.low);
  return domain.low + share * (domain.high - domain.low);
}

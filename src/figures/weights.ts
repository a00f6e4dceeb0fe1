import type { FittedPatterns } from '../results/patterns.ts';
import type { RunResults } from '../results/run-results.ts';
import { groupNamer, type SortedUnits, sortByGroup } from '../results/unit-groups.ts';
import type { Canvas } from './canvas.ts';
import { borderColor, faint, ink, memberColor } from './colors.ts';
import { addLegend, type LegendItem } from './legend.ts';
import { createPage, defaultWidth, drawMessage, type Page, sizes } from './page.ts';
import { type Axis, addPanel, type Frame, positionOn } from './panel.ts';
import type { FigureSize } from './request.ts';
import { fixed } from './svg.ts';
import { fitText } from './text-width.ts';
import { addBorders, layOutStems, orderedIds, unitTicks, weightTicks } from './weights-layout.ts';

/** Patterns with their units sorted by group. */
export interface WeightsData {
  readonly patterns: FittedPatterns;
  readonly sorted: SortedUnits;
}

export function weightsData(results: RunResults, patterns: FittedPatterns): WeightsData {
  const nameOf = groupNamer(results, patterns.detection?.node);
  return { patterns, sorted: sortByGroup(patterns.units.map(nameOf)) };
}

/** More stems than that are drawn as two paths for each assembly: one by one they would make megabytes. */
const maxSingleStems = 3000;

/**
 * One panel per assembly: a horizontal stem for each unit's weight, members coloured, a dashed line where one group of
 * units ends and the next begins. Units are numbered from 0, bottom up, sorted by group. Each stem carries `data-unit`
 * (the id), `data-region`, `data-weight` and `data-member`; where there are very many stems, only those of members do,
 * and the others follow from the scales of the panel and the order of units in `data-units`.
 */
export function drawWeights(
  { patterns, sorted }: WeightsData,
  canvas: Canvas,
  { width = defaultWidth, height }: FigureSize = {},
): string {
  const { weights, units } = patterns;
  const n = weights.length;
  const title = 'Weights of units in each assembly';
  if (n === 0) return drawMessage(canvas, 'Weights', 'no assemblies found', { width });
  const page = createPage(canvas, title, width);
  const most = Math.max(...weights.map((row) => row.reduce((a, b) => Math.max(a, Math.abs(b)), 0)));
  const y: Axis = { domain: [-1, units.length], ...unitTicks(units.length) };
  const nGroups = sorted.groups.length;
  const nCounts = nGroups > 1 ? Math.min(nGroups, 4) : 0;
  const layout = layOutStems(n, { nUnits: units.length, nCounts, width, height });
  const x: Axis = {
    domain: [-(most + 0.2), most + 0.2],
    ticks: weightTicks(most, layout.isNarrow),
  };
  const isSingle = n * units.length <= maxSingleStems;
  page.add(page.element('desc', { 'data-units': orderedIds(patterns, sorted).join(' ') }));
  layout.frames.forEach((frame, k) => {
    const isFirst = k % layout.nColumns === 0;
    const isLast = k + layout.nColumns >= n;
    const hasLabel = isLast && (!layout.isNarrow || isFirst);
    const name = `${layout.isNarrow ? '' : 'assembly '}${k + 1}${patterns.valid[k] ? '' : '*'}`;
    const panel = addPanel(page, frame, {
      name: 'weights',
      x: { ...x, hasNumbers: isLast, ...(hasLabel ? { label: 'Weights (a.u.)' } : {}) },
      y: { ...y, ...(isFirst ? { label: 'Neurons #' } : { hasNumbers: false }) },
      marks: [],
    });
    panel.setAttribute('data-assembly', String(k + 1));
    const middle = frame.x + frame.width / 2;
    const style = { size: sizes.label, anchor: 'middle', isBold: true } as const;
    panel.appendChild(page.text(middle, frame.y - 6 - layout.countsHeight, name, style));
    addCounts(page, panel, frame, { patterns, sorted }, k);
    addStems(page, panel, frame, { patterns, sorted }, k, { x, y, isSingle });
    addBorders(page, panel, frame, sorted, positionOn(y, frame.y + frame.height, frame.y));
  });
  const items = legendItems(sorted, patterns);
  const top = layout.height + 6;
  const legend = addLegend(page, items, { x: 10, y: top, width: width - 20 });
  const right = Math.max(...layout.frames.map((frame) => frame.x + frame.width));
  return page.finish(legend.bottom + 4, Math.max(right, legend.right) + 10);
}

function legendItems({ groups }: SortedUnits, { valid }: FittedPatterns): LegendItem[] {
  const items: LegendItem[] = [
    { label: 'member', color: memberColor, shape: 'dot' },
    { label: 'other unit', color: ink, shape: 'dot' },
  ];
  if (groups.length > 1) {
    const names = groups.map(({ name }) => fitText(name, sizes.text, 90)).join(', ');
    items.push({
      label: `border of groups, from below: ${names}`,
      color: borderColor,
      shape: 'dash',
    });
  }
  if (valid.some((one) => one === 0)) {
    items.push({ label: '* members differ in sign, or none', color: '#ffffff', shape: 'line' });
  }
  return items;
}

function addCounts(
  page: Page,
  panel: Element,
  frame: Frame,
  { patterns, sorted }: WeightsData,
  k: number,
): void {
  if (sorted.groups.length < 2) return;
  const members = patterns.members[k];
  const shown = sorted.groups.slice(0, 4);
  shown.forEach(({ name, from, to }, index) => {
    const nMembers = sorted.order
      .subarray(from, to)
      .reduce((sum, unit) => sum + (members?.[unit] ?? 0), 0);
    const text = fitText(`${name}: ${nMembers}`, sizes.text, frame.width + 8);
    const y = frame.y - 6 - (shown.length - 1 - index) * 11;
    panel.appendChild(page.text(frame.x + frame.width / 2, y, text, { anchor: 'middle' }));
  });
}

function addStems(
  page: Page,
  panel: Element,
  frame: Frame,
  { patterns, sorted }: WeightsData,
  k: number,
  { x, y, isSingle }: { x: Axis; y: Axis; isSingle: boolean },
): void {
  const xOf = positionOn(x, frame.x, frame.x + frame.width);
  const yOf = positionOn(y, frame.y + frame.height, frame.y);
  const zero = fixed(xOf(0));
  const radius = Math.min(2.2, Math.max(0.7, frame.height / patterns.units.length / 2.6));
  const stroke = Math.min(1.25, radius);
  panel.appendChild(
    page.element('path', {
      d: `M${zero},${fixed(frame.y)}V${fixed(frame.y + frame.height)}`,
      stroke: faint,
      'stroke-width': 1,
    }),
  );
  let [stems, dots] = ['', ''];
  const members: Element[] = [];
  sorted.order.forEach((unit, place) => {
    const weight = patterns.weights[k]?.[unit] ?? 0;
    const isMember = patterns.members[k]?.[unit] === 1;
    const [toX, toY] = [fixed(xOf(weight)), fixed(yOf(place))];
    if (!isMember && !isSingle) {
      stems += `M${zero},${toY}H${toX}`;
      dots += `M${toX},${toY}h0`;
      return;
    }
    const color = isMember ? memberColor : ink;
    const { id = 0, region = '' } = patterns.units[unit] ?? {};
    const mark = page.element(
      'g',
      {
        'data-unit': String(id),
        'data-region': region,
        'data-weight': String(weight),
        'data-member': String(isMember),
      },
      [
        page.element('path', {
          d: `M${zero},${toY}H${toX}`,
          stroke: color,
          'stroke-width': stroke,
        }),
        page.element('circle', { cx: xOf(weight), cy: yOf(place), r: radius, fill: color }),
      ],
    );
    if (isMember) members.push(mark);
    else panel.appendChild(mark);
  });
  if (!isSingle) {
    const style = { fill: 'none', stroke: ink };
    panel.appendChild(
      page.element('path', { ...style, d: stems, 'stroke-width': stroke, 'data-stems': 'others' }),
    );
    const round = { 'stroke-linecap': 'round', 'stroke-width': 2 * radius };
    panel.appendChild(page.element('path', { ...style, ...round, d: dots }));
  }
  // Members lie over what is black.
  for (const mark of members) panel.appendChild(mark);
}

import type { Canvas } from './canvas.ts';
import { areaColor } from './colors.ts';
import { addLegend } from './legend.ts';
import { createPage, defaultWidth, drawMessage, sizes } from './page.ts';
import { addPanel, axisSpace, positionOn } from './panel.ts';
import type { FigureSize } from './request.ts';
import { fitText } from './text-width.ts';
import { wholeTicks } from './ticks.ts';
import type { WeightsData } from './weights.ts';

/** How many members each assembly has in each group of units: one bar per assembly, the first on top. */
export function drawMembers(
  { patterns, sorted }: WeightsData,
  canvas: Canvas,
  { width = defaultWidth, height }: FigureSize = {},
): string {
  const { members } = patterns;
  const n = members.length;
  if (n === 0) return drawMessage(canvas, 'Members by region', 'no assemblies found', { width });
  const page = createPage(canvas, 'Members of each assembly, by region', width);
  const counts = members.map((flags) =>
    sorted.groups.map(({ from, to }) =>
      sorted.order.subarray(from, to).reduce((sum, unit) => sum + flags[unit], 0),
    ),
  );
  const totals = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
  const most = Math.max(1, ...totals);
  const left = axisSpace.numbers + axisSpace.label;
  const rowHeight = height === undefined ? Math.min(24, Math.max(9, 420 / n)) : (height - 80) / n;
  const frame = {
    x: left,
    y: 12,
    width: Math.min(480, width - left - 16),
    height: Math.max(52, n * rowHeight),
  };
  const x = { domain: [0, most + 0.3], ticks: [0, ...wholeTicks(most)], label: 'members' } as const;
  const y = {
    domain: [n + 0.5, 0.5],
    ticks: rowNumbers(n, frame.height),
    label: 'assembly',
  } as const;
  const panel = addPanel(page, frame, { name: 'members', x, y, marks: [] });
  const xOf = positionOn(x, frame.x, frame.x + frame.width);
  const yOf = positionOn(y, frame.y + frame.height, frame.y);
  counts.forEach((row, k) => {
    let from = 0;
    row.forEach((count, group) => {
      if (count === 0) return;
      const thickness = (frame.height / n) * 0.72;
      const [start, end] = [xOf(from), xOf(from + count)];
      panel.appendChild(
        page.element('rect', {
          x: start,
          y: yOf(k + 1) - thickness / 2,
          width: end - start,
          height: thickness,
          fill: areaColor(group),
          'data-assembly': String(k + 1),
          'data-region': sorted.groups[group]?.name,
          'data-members': String(count),
        }),
      );
      if (thickness > 10 && end - start > 12) {
        const style = { anchor: 'middle', color: textOn(group), size: 9 } as const;
        panel.appendChild(page.text((start + end) / 2, yOf(k + 1) + 3.2, String(count), style));
      }
      from += count;
    });
  });
  const top = frame.y + frame.height + axisSpace.bottomNumbers + axisSpace.bottomLabel + 10;
  const items = sorted.groups.map(({ name }, group) => {
    const label = fitText(name, sizes.text, 200);
    return { label, color: areaColor(group), shape: 'box' as const, data: name };
  });
  const legend = addLegend(page, items, { x: 10, y: top, width: width - 20, title: 'region' });
  return page.finish(legend.bottom + 4, Math.max(frame.x + frame.width, legend.right) + 16);
}

function rowNumbers(n: number, height: number): number[] {
  const step = [1, 2, 5, 10, 20, 50].find((one) => (height / n) * one >= 12) ?? 100;
  return Array.from({ length: n }, (_, k) => k + 1).filter((k) => k === 1 || k % step === 0);
}

/** White on the dark ones of the colours of areas, black on the light ones. */
function textOn(group: number): string {
  return ['#ffffff', '#000000', '#ffffff', '#000000', '#000000', '#ffffff', '#000000', '#000000'][
    group % 8
  ] as string;
}

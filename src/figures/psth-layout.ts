import { colorBarSpace } from './legend.ts';
import { axisSpace, type Frame } from './panel.ts';
import type { PsthPanel, PsthRow } from './psth-panels.ts';
import { roundTicks } from './ticks.ts';

export interface PlacedPanel {
  readonly panel: PsthPanel;
  readonly row: PsthRow;
  readonly frame: Frame;
  readonly isFirst: boolean;
  /** Its assemblies are not those of the panel to its left. */
  readonly hasOwnRows: boolean;
  readonly isLastRow: boolean;
}

/** Rows of one panel each stand side by side, others below each other. */
export function placeRows(
  rows: readonly PsthRow[],
  {
    width,
    heightOf,
    rightSpace,
  }: { width: number; heightOf: (row: PsthRow) => number; rightSpace: number },
): { readonly placed: readonly PlacedPanel[]; readonly height: number } {
  const cells = rows.map((row) => row.panels.map((panel) => ({ panel, row })));
  const isFlat = cells.every(({ length }) => length <= 1);
  const lines = isFlat ? [cells.flat()] : cells;
  const left = axisSpace.numbers + axisSpace.label;
  const head = 36;
  const placed: PlacedPanel[] = [];
  let y = head;
  lines.forEach((line, index) => {
    const height = Math.max(...line.map(({ row }) => heightOf(row)));
    const room = width - left - rightSpace;
    // Panels with assemblies of their own have numbers of their own.
    const gap = isFlat && rows.length > 1 ? 30 : 14;
    const panelWidth = Math.min(300, room / Math.max(1, line.length) - gap);
    line.forEach(({ panel, row }, column) => {
      const x = left + column * (panelWidth + gap);
      const frame = { x, y, width: panelWidth, height };
      const isLastRow = index === lines.length - 1;
      const hasOwnRows = column === 0 || isFlat;
      placed.push({ panel, row, frame, isFirst: column === 0, hasOwnRows, isLastRow });
    });
    y += height + head + axisSpace.bottomNumbers;
  });
  return { placed, height: y - head + axisSpace.bottomLabel };
}

/** Ticks that leave room for their numbers, also beside the next panel; in a narrow one 0 and one to each side. */
export function lagTicks([low, high]: readonly [number, number], width: number) {
  const ticks = roundTicks(low, high, Math.max(2, Math.floor(width / 38)));
  const room = (12 * (high - low)) / width;
  const inside = ticks.filter((tick) => tick - low >= room && high - tick >= room);
  if (inside.length > 2 || !(low < 0 && high > 0)) return { ticks: inside };
  const most = 0.7 * Math.min(-low, high);
  const power = 10 ** Math.floor(Math.log10(most));
  const side = Number((Math.floor(most / power) * power).toPrecision(1));
  return { ticks: [-side, 0, side] };
}

export const barWidth = 10;
export const barSpace = barWidth + colorBarSpace + 12;

import type { RecordedUnit } from '../results/recording.ts';
import { faint, memberColor } from './colors.ts';
import { addLegend } from './legend.ts';
import { type Page, sizes } from './page.ts';
import { addPanel, axisSpace, positionOn } from './panel.ts';
import { fitText, wrapText } from './text-width.ts';
import { roundTicks } from './ticks.ts';

const rowHeight = 15;
const maxRows = 14;
const maxReasons = 8;
const leftOut = '#bdbdbd';

/**
 * Units by region and type, kept and left out, and beside them the reasons.
 * @returns how high it is
 */
export function addUnits(
  page: Page,
  units: readonly RecordedUnit[],
  { x, y, width }: { x: number; y: number; width: number },
): number {
  if (units.length === 0) {
    page.add(page.text(x, y + 8, 'no table of units', { color: '#595959' }));
    return 20;
  }
  const rows = tally(units);
  const labelSpace = 110;
  const reasonsWidth = width * 0.46;
  const frame = {
    x: x + labelSpace - 40,
    y,
    width: width - reasonsWidth - labelSpace + 24,
    height: rows.length * rowHeight,
  };
  const most = Math.max(1, ...rows.map(({ kept, excluded }) => kept + excluded));
  const xAxis = { domain: [0, most * 1.02], label: 'units' } as const;
  const ticks = roundTicks(0, most, 6).filter(Number.isInteger);
  const yAxis = { domain: [rows.length - 0.5, -0.5], hasNumbers: false, hasTicks: false } as const;
  const options = {
    name: 'units',
    x: { ...xAxis, ticks },
    y: yAxis,
    marks: [],
  };
  const panel = addPanel(page, frame, options);
  const xOf = positionOn(xAxis, frame.x, frame.x + frame.width);
  rows.forEach(({ label, kept, excluded }, index) => {
    const top = frame.y + index * rowHeight + 2.5;
    const text = fitText(label, sizes.text, frame.x - 12);
    panel.appendChild(page.text(frame.x - 6, top + 8.5, text, { anchor: 'end' }));
    const bar = { y: top, height: rowHeight - 5 };
    const data = { 'data-units': label };
    panel.appendChild(
      page.element('rect', {
        ...bar,
        x: frame.x,
        width: xOf(kept) - frame.x,
        fill: memberColor,
        ...data,
        'data-kept': String(kept),
      }),
    );
    panel.appendChild(
      page.element('rect', {
        ...bar,
        x: xOf(kept),
        width: xOf(excluded) - frame.x,
        fill: leftOut,
        ...data,
        'data-left-out': String(excluded),
      }),
    );
  });
  const right = x + width - reasonsWidth + 16;
  const reasonsHeight = addReasons(page, units, { x: right, y, width: reasonsWidth - 16 });
  const bottom = frame.y + frame.height + axisSpace.bottomNumbers + axisSpace.bottomLabel + 6;
  const { bottom: end } = addLegend(
    page,
    [
      { label: 'kept', color: memberColor, shape: 'box' },
      { label: 'left out', color: leftOut, shape: 'box' },
    ],
    { x: frame.x, y: bottom, width: frame.width },
  );
  return Math.max(end - y, reasonsHeight);
}

interface Row {
  readonly label: string;
  kept: number;
  excluded: number;
}

/** Most units first; what is beyond the rows there is room for becomes one row. */
function tally(units: readonly RecordedUnit[]): Row[] {
  const rows = new Map<string, Row>();
  for (const { region, cellType, isKept } of units) {
    const label = `${region || '?'}, ${cellType || '?'}`;
    const row = rows.get(label) ?? { label, kept: 0, excluded: 0 };
    if (isKept) row.kept++;
    else row.excluded++;
    rows.set(label, row);
  }
  const sorted = [...rows.values()].sort((a, b) => b.kept - a.kept || b.excluded - a.excluded);
  if (sorted.length <= maxRows) return sorted;
  const rest = sorted.slice(maxRows - 1);
  const sum = (key: 'kept' | 'excluded') => rest.reduce((all, row) => all + row[key], 0);
  const others = { label: `${rest.length} others`, kept: sum('kept'), excluded: sum('excluded') };
  return [...sorted.slice(0, maxRows - 1), others];
}

function addReasons(
  page: Page,
  units: readonly RecordedUnit[],
  { x, y, width }: { x: number; y: number; width: number },
): number {
  const counts = new Map<string, number>();
  for (const { isKept, reason } of units) {
    if (!isKept) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  const nKept = units.length - sorted.reduce((sum, [, n]) => sum + n, 0);
  page.add(page.text(x, y + 9, `${nKept} of ${units.length} units kept`, { isBold: true }));
  let line = y + 24;
  for (const [reason, n] of sorted.slice(0, maxReasons)) {
    wrapText(`${n} left out: ${reason}`, sizes.text, width, 2).forEach((text, index) => {
      page.add(page.text(x + (index > 0 ? 12 : 0), line, text));
      line += 13;
    });
  }
  if (sorted.length > maxReasons) {
    const more = `and ${sorted.length - maxReasons} more reasons`;
    page.add(page.text(x, line, more, { color: faint }));
    line += 13;
  }
  return line - y;
}

import type { GraphData } from './graph-data.ts';
import { outputOf } from './graph-layout.ts';
import type { Page } from './page.ts';
import { fixed } from './svg.ts';
import { textWidth } from './text-width.ts';

export const boxHeight = 36;
export const labelSize = 9;

/** Outputs that are read, by node, in the order in which the wires name them. */
export function portsOf({ wires }: GraphData): Map<string, string[]> {
  const ports = new Map<string, string[]>();
  for (const { from, port } of wires) {
    const known = ports.get(from) ?? [];
    if (!known.includes(port)) ports.set(from, [...known, port]);
  }
  return ports;
}

/** What stands at an output: its port, and what it carries where that has another name. */
export function labelOf(graph: GraphData, node: string, port: string): string {
  const type = graph.wires.find((wire) => wire.from === node && wire.port === port)?.type ?? port;
  return type === port ? type : `${port}: ${type}`;
}

/** Where everything stands. */
export interface Placing {
  readonly ports: ReadonlyMap<string, readonly string[]>;
  readonly places: ReadonlyMap<string, { x: number; y: number; width: number }>;
  readonly layerOf: ReadonlyMap<string, number>;
}

/** Where an output leaves its node, from the left in the order of the ports. */
function exitOf({ ports, places }: Pick<Placing, 'ports' | 'places'>, node: string, port: string) {
  const box = places.get(node) ?? { x: 0, y: 0, width: 0 };
  const all = ports.get(node) ?? [];
  const share = box.width / Math.max(1, all.length);
  return { x: box.x - box.width / 2 + (all.indexOf(port) + 0.5) * share, y: box.y + boxHeight };
}

/** Draws the wires, each way that several share once. */
export function addWires(page: Page, graph: GraphData, placing: Placing): void {
  const drawn = new Set<string>();
  for (const wire of graph.wires) {
    const { places, layerOf } = placing;
    const [first, last] = [layerOf.get(wire.from) ?? 0, layerOf.get(wire.to) ?? 0];
    const points = [exitOf(placing, wire.from, wire.port)];
    for (let layer = first + 1; layer < last; layer++) {
      const point = places.get(`${outputOf(wire)}@${layer}`);
      if (point) points.push({ x: point.x, y: point.y }, { x: point.x, y: point.y + boxHeight });
    }
    points.push(entryOf(graph, placing, wire.to, outputOf(wire)));
    let d = '';
    for (let i = 0; i + 1 < points.length; i++) {
      const piece = curve(points[i], points[i + 1]);
      // What several wires of one output share is drawn once.
      const key = `${outputOf(wire)} ${piece}`;
      if (!drawn.has(key)) d += piece;
      drawn.add(key);
    }
    const data = { 'data-wire': outputOf(wire), 'data-to': wire.to, 'data-type': wire.type };
    const style = { fill: 'none', stroke: '#595959', 'stroke-width': 1.1 };
    page.add(page.element('path', { d: d || 'M0,0', ...style, ...data }));
    const end = points.at(-1) ?? { x: 0, y: 0 };
    const tip = `M${fixed(end.x)},${fixed(end.y)}l-3.2,-6h6.4z`;
    page.add(page.element('path', { d: tip, fill: '#595959' }));
  }
}

/** Where a wire comes into a node: wires from further left further left. */
function entryOf(
  graph: GraphData,
  { places, ports, layerOf }: Placing,
  node: string,
  output: string,
) {
  const box = places.get(node) ?? { x: 0, y: 0, width: 0 };
  const layer = (layerOf.get(node) ?? 1) - 1;
  const outputs = [...new Set(graph.wires.filter(({ to }) => to === node).map(outputOf))];
  const xOf = (one: string): number => {
    const passing = places.get(`${one}@${layer}`);
    const [from = '', port = ''] = one.split('.');
    return passing?.x ?? exitOf({ ports, places }, from, port).x;
  };
  const sorted = outputs.sort((a, b) => xOf(a) - xOf(b));
  const share = box.width / (sorted.length + 1);
  return { x: box.x - box.width / 2 + (sorted.indexOf(output) + 1) * share, y: box.y };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function curve(from: Point | undefined, to: Point | undefined): string {
  if (!from || !to) return '';
  const start = `M${fixed(from.x)},${fixed(from.y)}`;
  if (Math.abs(from.x - to.x) < 0.01) return `${start}V${fixed(to.y)}`;
  const middle = (from.y + to.y) / 2;
  return `${start}C${fixed(from.x)},${fixed(middle)} ${fixed(to.x)},${fixed(middle)} ${fixed(to.x)},${fixed(to.y)}`;
}

/** Writes at each output what it carries, over the wires. */
export function addPortNames(
  page: Page,
  graph: GraphData,
  ports: Placing['ports'],
  places: Placing['places'],
): void {
  for (const [node, names] of ports) {
    for (const port of names) {
      const { x, y } = exitOf({ ports, places }, node, port);
      const label = labelOf(graph, node, port);
      const width = textWidth(label, labelSize);
      const plate = {
        x: x - width / 2 - 2,
        y: y + 3,
        width: width + 4,
        height: 12,
        fill: '#ffffff',
      };
      page.add(
        page.element('rect', plate),
        page.text(x, y + 12, label, { size: labelSize, anchor: 'middle', color: '#404040' }),
      );
    }
  }
}

import type { Canvas } from './canvas.ts';
import { areaColor, ink } from './colors.ts';
import type { DrawnNode, GraphData } from './graph-data.ts';
import { layOutGraph, type Slot } from './graph-layout.ts';
import { addPortNames, addWires, boxHeight, labelOf, labelSize, portsOf } from './graph-wires.ts';
import { addLegend, type LegendItem } from './legend.ts';
import { createPage, type Page, sizes } from './page.ts';
import type { FigureSize } from './request.ts';
import { textWidth } from './text-width.ts';

const layerHeight = 92;
const margin = 14;

const fills: Readonly<Record<string, string>> = {
  source: '#dceaf7',
  operator: '#ffffff',
  sink: '#ececec',
};

/**
 * The graph of a pipeline from its sources down: what each wire carries stands where it leaves a node, and the passes that a
 * node takes part in are marked at its corner. Wider graphs than the page make a wider figure. Nodes carry `data-node`,
 * wires `data-wire` (`node.port`), `data-to` and `data-type`.
 */
export function drawGraph(
  graph: GraphData,
  canvas: Canvas,
  { width = 0 }: FigureSize = {},
): string {
  const ports = portsOf(graph);
  const layout = layOutGraph(graph, (id) => boxWidth(graph, id, ports.get(id) ?? []));
  const legendWidth = 560;
  const whole = Math.max(width, layout.width + 2 * margin, legendWidth);
  const page = createPage(canvas, `The graph of the pipeline ${graph.name}`, whole);
  const shift = (whole - layout.width) / 2;
  const places = new Map<string, { x: number; y: number; width: number }>();
  layout.layers.forEach((layer, index) => {
    const y = margin + index * layerHeight;
    for (const { id, x, width, isNode } of layer) {
      places.set(isNode ? id : `${id}@${index}`, { x: x + shift, y, width });
    }
  });
  const layerOf = new Map(
    layout.layers.flatMap((layer, index) =>
      layer.filter(({ isNode }) => isNode).map(({ id }) => [id, index] as const),
    ),
  );
  addWires(page, graph, { ports, places, layerOf });
  for (const node of graph.nodes) addNode(page, node, places.get(node.id), graph.nPasses);
  addPortNames(page, graph, ports, places);
  const bottom = margin + layout.layers.length * layerHeight - (layerHeight - boxHeight) + 16;
  const legend = addLegend(page, legendItems(graph), {
    x: margin,
    y: bottom,
    width: whole - 2 * margin,
  });
  return page.finish(legend.bottom + 4);
}

function boxWidth(graph: GraphData, id: string, ports: readonly string[]): number {
  const node = graph.nodes.find((one) => one.id === id);
  const name = textWidth(id, sizes.label, true) + 34;
  const op = textWidth(node?.op ?? '', sizes.text) + 20;
  const labels = ports.map((port) => textWidth(labelOf(graph, id, port), labelSize) + 14);
  return Math.max(
    76,
    name,
    op,
    labels.reduce((sum, one) => sum + one, 0),
  );
}

function addNode(
  page: Page,
  node: DrawnNode,
  place: (Pick<Slot, 'x'> & { y: number; width: number }) | undefined,
  nPasses: number,
): void {
  if (!place) return;
  const { x, y, width } = place;
  const left = x - width / 2;
  const box = page.element('rect', {
    x: left,
    y,
    width,
    height: boxHeight,
    rx: node.kind === 'operator' ? 4 : 12,
    fill: fills[node.kind] ?? '#ffffff',
    stroke: ink,
    'stroke-width': 1,
  });
  const style = { anchor: 'middle' } as const;
  const marks =
    nPasses < 2
      ? []
      : node.passes.map((pass, index) => {
          const cx = left + width - 3 - 13 * (node.passes.length - 1 - index);
          return page.element('g', { 'data-pass': String(pass) }, [
            page.element('circle', { cx, cy: y + 1, r: 6.5, fill: passColor(pass) }),
            page.text(cx, y + 4.2, String(pass), {
              ...style,
              size: 9,
              isBold: true,
              color: '#ffffff',
            }),
          ]);
        });
  page.add(
    page.element('g', { 'data-node': node.id, 'data-op': node.op, 'data-kind': node.kind }, [
      box,
      page.text(x, y + 15.5, node.id, { ...style, size: sizes.label, isBold: true }),
      page.text(x, y + 28.5, node.op, { ...style, color: '#404040' }),
      ...marks,
    ]),
  );
}

function passColor(pass: number): string {
  return ['#0072b2', '#b34700', '#00704f', '#8a3d73'][(pass - 1) % 4] ?? areaColor(0);
}

function legendItems({ nodes, nPasses }: GraphData): LegendItem[] {
  const kinds = ['source', 'operator', 'sink'].filter((kind) =>
    nodes.some((node) => node.kind === kind),
  );
  const boxes = kinds.map((kind): LegendItem => {
    const color = kind === 'operator' ? '#ffffff' : (fills[kind] ?? '#ffffff');
    return { label: kind, color, shape: 'box' };
  });
  if (nPasses < 2) return boxes;
  const passes = Array.from({ length: nPasses }, (_, index): LegendItem => {
    const label = `takes part in pass ${index + 1}`;
    return { label, color: passColor(index + 1), shape: 'dot', data: `pass ${index + 1}` };
  });
  return [...boxes, ...passes];
}

import type { DrawnWire, GraphData } from './graph-data.ts';

/** A place in a layer: a node, or a point through which a wire passes on its way to a later layer. */
export interface Slot {
  /** The node, or the output whose wire passes. */
  readonly id: string;
  readonly isNode: boolean;
  readonly width: number;
  /** Of its middle. */
  x: number;
}

export interface GraphLayout {
  /** From the sources down. */
  readonly layers: readonly (readonly Slot[])[];
  readonly width: number;
}

const gap = 22;
const passWidth = 16;

/**
 * Places the nodes of a graph in layers: every wire goes down. Wires of one output share their way until they part. The
 * order within layers is found by moving each slot to the mean of its neighbours, as long as that lessens crossings; the
 * places by least squares with the order kept.
 * Source: Sugiyama, Tagawa & Toda 1981, doi 10.1109/TSMC.1981.4308636
 */
export function layOutGraph(graph: GraphData, widthOf: (id: string) => number): GraphLayout {
  const rankOf = ranks(graph);
  const nLayers = Math.max(0, ...rankOf.values()) + 1;
  const layers: Slot[][] = Array.from({ length: nLayers }, () => []);
  for (const { id } of graph.nodes) {
    layers[rankOf.get(id) ?? 0]?.push({ id, isNode: true, width: widthOf(id), x: 0 });
  }
  const links = connect(graph, rankOf, layers);
  orderLayers(layers, links);
  return { layers, width: placeSlots(layers, links) };
}

/** Sources stand right above the first node that reads them, everything else as high as it can. */
function ranks({ nodes, wires }: GraphData): Map<string, number> {
  const rank = new Map<string, number>();
  const inputs = (id: string) => wires.filter(({ to }) => to === id);
  for (const { id } of nodes) {
    const above = inputs(id).map(({ from }) => rank.get(from) ?? 0);
    rank.set(id, above.length === 0 ? 0 : Math.max(...above) + 1);
  }
  for (const { id, kind } of nodes) {
    const readers = wires.filter(({ from }) => from === id).map(({ to }) => rank.get(to) ?? 1);
    if (kind === 'source' && readers.length > 0) rank.set(id, Math.min(...readers) - 1);
  }
  return rank;
}

/** Slots above and below each slot. */
interface Links {
  readonly above: Map<Slot, Slot[]>;
  readonly below: Map<Slot, Slot[]>;
}

function connect(graph: GraphData, rankOf: ReadonlyMap<string, number>, layers: Slot[][]): Links {
  const links: Links = { above: new Map(), below: new Map() };
  const link = (upper: Slot | undefined, lower: Slot | undefined): void => {
    if (!upper || !lower || links.above.get(lower)?.includes(upper)) return;
    links.above.set(lower, [...(links.above.get(lower) ?? []), upper]);
    links.below.set(upper, [...(links.below.get(upper) ?? []), lower]);
  };
  const find = (layer: number, id: string) => layers[layer]?.find((slot) => slot.id === id);
  for (const wire of graph.wires) {
    const [first, last] = [rankOf.get(wire.from) ?? 0, rankOf.get(wire.to) ?? 0];
    let upper = find(first, wire.from);
    for (let layer = first + 1; layer < last; layer++) {
      const id = outputOf(wire);
      let slot = find(layer, id);
      if (!slot) {
        slot = { id, isNode: false, width: passWidth, x: 0 };
        layers[layer]?.push(slot);
      }
      link(upper, slot);
      upper = slot;
    }
    link(upper, find(last, wire.to));
  }
  return links;
}

/** The output that a wire comes from: `node.port`. */
export function outputOf({ from, port }: DrawnWire): string {
  return `${from}.${port}`;
}

function orderLayers(layers: Slot[][], links: Links): void {
  let best = layers.map((layer) => [...layer]);
  let fewest = countCrossings(layers, links);
  for (let sweep = 0; sweep < 12 && fewest > 0; sweep++) {
    const isDown = sweep % 2 === 0;
    const neighbours = isDown ? links.above : links.below;
    const order = isDown ? layers.keys() : [...layers.keys()].reverse();
    for (const index of order) {
      const layer = layers[index] ?? [];
      const beside = layers[isDown ? index - 1 : index + 1] ?? [];
      const place = new Map(beside.map((slot, at) => [slot, at]));
      const wanted = new Map(
        layer.map((slot, at) => [slot, meanOf(neighbours.get(slot), place) ?? at]),
      );
      layer.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0));
    }
    const crossings = countCrossings(layers, links);
    if (crossings >= fewest) continue;
    fewest = crossings;
    best = layers.map((layer) => [...layer]);
  }
  best.forEach((layer, index) => {
    layers[index] = layer;
  });
}

function meanOf(slots: readonly Slot[] | undefined, place: ReadonlyMap<Slot, number>) {
  const found = (slots ?? []).map((slot) => place.get(slot)).filter((at) => at !== undefined);
  return found.length === 0 ? undefined : found.reduce((sum, at) => sum + at, 0) / found.length;
}

function countCrossings(layers: readonly Slot[][], { below }: Links): number {
  let crossings = 0;
  layers.forEach((layer, index) => {
    const place = new Map((layers[index + 1] ?? []).map((slot, at) => [slot, at]));
    const ends = layer.map((slot) => (below.get(slot) ?? []).map((lower) => place.get(lower) ?? 0));
    ends.forEach((own, a) => {
      for (const others of ends.slice(a + 1)) {
        for (const end of own) for (const other of others) if (other < end) crossings++;
      }
    });
  });
  return crossings;
}

/** @returns how wide the whole is; slots get their `x`, the leftmost edge at 0 */
function placeSlots(layers: readonly Slot[][], { above, below }: Links): number {
  for (const layer of layers) settle(layer, () => undefined);
  for (let round = 0; round < 24; round++) {
    const isDown = round % 2 === 0;
    for (const layer of isDown ? layers : [...layers].reverse()) {
      settle(layer, (slot) => {
        const near = isDown ? above.get(slot) : below.get(slot);
        const all = round < 16 ? near : [...(above.get(slot) ?? []), ...(below.get(slot) ?? [])];
        return all && all.length > 0
          ? all.reduce((sum, { x }) => sum + x, 0) / all.length
          : undefined;
      });
    }
  }
  const slots = layers.flat();
  const left = Math.min(0, ...slots.map(({ x, width }) => x - width / 2));
  for (const slot of slots) slot.x -= left;
  const first = Math.min(...slots.map(({ x, width }) => x - width / 2));
  for (const slot of slots) slot.x -= Number.isFinite(first) ? first : 0;
  return Math.max(0, ...slots.map(({ x, width }) => x + width / 2));
}

/** Moves the slots of a layer as near as can be to where they are wanted, in their order and without overlap. */
function settle(layer: readonly Slot[], wantedOf: (slot: Slot) => number | undefined): void {
  // With the widths before each slot taken off, keeping apart is the same as never falling: isotonic regression.
  let before = 0;
  const blocks: { sum: number; n: number }[] = [];
  const offsets = layer.map((slot, index) => {
    const previous = layer[index - 1];
    if (previous) before += (previous.width + slot.width) / 2 + gap;
    return before;
  });
  layer.forEach((slot, index) => {
    blocks.push({
      sum: (wantedOf(slot) ?? (slot.x || offsets[index] || 0)) - (offsets[index] ?? 0),
      n: 1,
    });
    for (;;) {
      const [last, previous] = [blocks.at(-1), blocks.at(-2)];
      if (!last || !previous || previous.sum / previous.n <= last.sum / last.n) break;
      blocks.splice(-2, 2, { sum: previous.sum + last.sum, n: previous.n + last.n });
    }
  });
  let at = 0;
  for (const { sum, n } of blocks) {
    for (const end = at + n; at < end; at++) {
      const slot = layer[at];
      if (slot) slot.x = sum / n + (offsets[at] ?? 0);
    }
  }
}

import type { DrawnNode, GraphData } from './graph-data.ts';

/** Words that Mermaid keeps for itself, whatever their case. */
const reserved =
  /^(end|graph|flowchart|subgraph|class|click|style|default|linkstyle|classdef|direction|call|href|x|o)$/i;

/** The graph as text for Mermaid, which many sites and editors draw: port types on the edges, passes in the nodes. */
export function toMermaid({ nodes, wires, nPasses }: GraphData): string {
  const lines = ['flowchart TD'];
  for (const node of nodes)
    lines.push(`  ${nameOf(node.id)}${boxOf(node, nPasses)}:::${node.kind}`);
  for (const { from, to, port, type } of wires) {
    const label = port === type ? type : `${port}: ${type}`;
    lines.push(`  ${nameOf(from)} -- "${label}" --> ${nameOf(to)}`);
  }
  lines.push(
    '  classDef source fill:#dceaf7,stroke:#1a1a1a',
    '  classDef operator fill:#ffffff,stroke:#1a1a1a',
    '  classDef sink fill:#ececec,stroke:#1a1a1a',
  );
  return `${lines.join('\n')}\n`;
}

function nameOf(id: string): string {
  return reserved.test(id) ? `${id}_` : id;
}

function boxOf({ id, op, kind, passes }: DrawnNode, nPasses: number): string {
  const pass = passes.length > 0 && nPasses > 1 ? `<br/>pass ${passes.join(', ')}` : '';
  const text = `"${id}<br/>${op}${pass}"`;
  if (kind === 'source') return `[(${text})]`;
  return kind === 'sink' ? `[/${text}/]` : `[${text}]`;
}

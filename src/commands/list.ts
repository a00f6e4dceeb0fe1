import type { AnyNode, SinkNode } from '../define.ts';
import { ConfigError, didYouMean } from '../errors.ts';
import type { Param } from '../params.ts';
import { builtins } from '../registry.ts';

/**
 * `rekindle list [OP]`: every node in a line, or one with its ports, options, defaults and units.
 * @throws ConfigError for an unknown op, with the nearest
 */
export function listCommand(op: string | undefined): number {
  process.stdout.write(`${op === undefined ? renderAll() : renderNode(findNode(op))}\n`);
  return 0;
}

function renderAll(): string {
  const groups: readonly (readonly [string, readonly AnyNode[]])[] = [
    ['sources', builtins.sources],
    ['operators', builtins.operators],
    ['sinks', builtins.sinks],
  ];
  const lines = groups.flatMap(([title, nodes]) => [
    title,
    ...nodes.map((node) => `  ${node.op.padEnd(17)} ${portsOf(node).padEnd(44)} ${node.summary}`),
  ]);
  return [...lines, '', 'rekindle list OP describes one of them'].join('\n');
}

function findNode(op: string): AnyNode {
  const nodes: AnyNode[] = [...builtins.sources, ...builtins.operators, ...builtins.sinks];
  const found = nodes.find((node) => node.op === op);
  if (found) return found;
  const known = nodes.map((node) => node.op);
  throw new ConfigError({ code: 'UNKNOWN_OP', found: `op "${op}"`, hint: didYouMean(op, known) });
}

function portsOf(node: AnyNode): string {
  if (node.kind === 'sink') return `${recordsOf(node)} ->`;
  const inputs = node.kind === 'operator' ? Object.entries(node.inputs) : [];
  const needed = inputs.filter(([, { isOptional, fromSource }]) => !isOptional && !fromSource);
  const outputs = Object.keys(node.outputs);
  return [needed.map(([port]) => port).join(', '), '->', outputs.join(', ')].join(' ').trim();
}

/** What a sink reads. */
function recordsOf({ records, isMadeOfResults }: SinkNode): string {
  return isMadeOfResults ? 'the results of the run' : records.join(', ');
}

function renderNode(node: AnyNode): string {
  const lines = [`${node.op} (${node.kind})`, `  ${node.summary}`];
  if (node.kind === 'operator') {
    lines.push('', 'inputs');
    for (const [port, { type, isOptional, fromSource, need }] of Object.entries(node.inputs)) {
      const notes = [
        fromSource ? 'from the recording when left open' : isOptional ? 'may be left open' : '',
        need === 'at-end' ? 'needed at the end of the stream' : '',
      ].filter(Boolean);
      lines.push(row(port, type, notes.join('; ')));
    }
  }
  if (node.kind === 'sink') lines.push('', 'records', `  ${recordsOf(node)}`);
  else {
    lines.push('', 'outputs');
    for (const [port, type] of Object.entries(node.outputs)) lines.push(row(port, type, ''));
    if (node.kind === 'source' && node.otherOutputs) {
      lines.push(row('any other', node.otherOutputs, 'by its name in the recording'));
    }
  }
  const params = Object.entries(node.params);
  lines.push('', params.length > 0 ? 'options' : 'no options');
  for (const [key, param] of params) {
    lines.push(row(key, defaultOf(param), param.doc), row('', '', param.expected));
  }
  return lines.join('\n');
}

function defaultOf({ default: value, isOptional, unit }: Param<unknown>): string {
  if (value === undefined) return isOptional ? 'optional' : 'required';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return unit === undefined ? text : `${text} ${unit}`;
}

function row(name: string, value: string, text: string): string {
  return `  ${name.padEnd(18)} ${value.padEnd(16)} ${text}`.trimEnd();
}

import type { AnyNode, Registry } from '../define.ts';
import type { Param } from '../params.ts';
import { parameterTypes } from './parameters.ts';

type Schema = Readonly<Record<string, unknown>>;

/** `${name}`, which may stand for any whole scalar. */
const reference: Schema = { type: 'string', pattern: '^\\$\\{[A-Za-z][A-Za-z0-9]*\\}$' };
const wire: Schema = {
  type: 'string',
  pattern: '^[a-z][A-Za-z0-9]*(\\.[A-Za-z][A-Za-z0-9]*)?$',
  description: 'node or node.port',
};

/**
 * JSON Schema (draft 7, which editors understand) of a pipeline file, made from what the nodes say about themselves. It knows
 * keys, types and ranges; connections between nodes are the business of `check`.
 */
export function describePipelines(registry: Registry): Schema {
  const nodes: readonly AnyNode[] = [...registry.sources, ...registry.operators, ...registry.sinks];
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'rekindle pipeline',
    type: 'object',
    required: ['version', 'name', 'nodes'],
    additionalProperties: false,
    properties: {
      version: { const: 1 },
      name: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$' },
      description: { type: 'string' },
      parameters: parametersSchema(),
      nodes: {
        type: 'object',
        minProperties: 1,
        propertyNames: { pattern: '^[a-z][A-Za-z0-9]{0,63}$' },
        additionalProperties: {
          type: 'object',
          required: ['op'],
          properties: { op: { enum: nodes.map(({ op }) => op) } },
          allOf: nodes.map((node) => ({
            if: { properties: { op: { const: node.op } }, required: ['op'] },
            // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
            then: nodeSchema(node),
          })),
        },
      },
    },
  };
}

function parametersSchema(): Schema {
  const types = Object.entries(parameterTypes);
  return {
    type: 'object',
    description: 'What a run may override with --set.',
    propertyNames: { pattern: '^[A-Za-z][A-Za-z0-9]{0,63}$' },
    additionalProperties: {
      type: 'object',
      required: ['type'],
      additionalProperties: false,
      properties: {
        type: { enum: types.map(([type]) => type) },
        default: {},
        doc: { type: 'string' },
      },
      allOf: types.map(([type, param]) => ({
        if: { properties: { type: { const: type } }, required: ['type'] },
        // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
        then: { properties: { default: param.schema } },
      })),
    },
  };
}

function nodeSchema(node: AnyNode): Schema {
  const params = Object.entries(node.params);
  const ports = node.kind === 'operator' ? Object.entries(node.inputs) : [];
  const inputs = Object.fromEntries(
    ports.map(([port, { type }]) => [
      port,
      { ...wire, description: `node or node.port (${type})` },
    ]),
  );
  const connections: Record<string, Schema> =
    node.kind === 'operator'
      ? { from: wire, inputs: { type: 'object', additionalProperties: false, properties: inputs } }
      : node.kind === 'sink'
        ? { from: { anyOf: [wire, { type: 'array', items: wire, minItems: 1 }] } }
        : {};
  const needed = params.filter(([, param]) => param.default === undefined && !param.isOptional);
  return {
    description: node.summary,
    additionalProperties: false,
    required: ['op', ...needed.map(([key]) => key)],
    properties: {
      op: { const: node.op },
      ...connections,
      ...Object.fromEntries(params.map(([key, param]) => [key, optionSchema(param)])),
    },
  };
}

function optionSchema({ doc, unit, schema, default: value }: Param<unknown>): Schema {
  const { items } = schema as { items?: Schema };
  const given = items ? { ...schema, items: { anyOf: [items, reference] } } : schema;
  return {
    description: unit === undefined ? doc : `${doc} (${unit})`,
    ...(value === undefined ? {} : { default: value }),
    anyOf: [given, reference],
  };
}

import { ConfigError, didYouMean, type PipelineError, type Position, show } from '../errors.ts';
import {
  declareParameters,
  type Overrides,
  type ResolvedParameter,
  resolveParameter,
} from './parameters.ts';
import { type Entry, type Placed, type PlacedMap, plainText, readYaml } from './yaml.ts';

/** A pipeline as written: every node with its connections and options, each with its place. */
export interface PipelineSpec {
  readonly name: string;
  readonly description: string;
  readonly file: string;
  readonly text: string;
  readonly parameters: ReadonlyMap<string, ResolvedParameter>;
  readonly nodes: readonly NodeSpec[];
}

export interface NodeSpec {
  readonly id: string;
  readonly position: Position;
  readonly op: { readonly name: string; readonly position: Position };
  /** `from:`; a sink may name several. */
  readonly from: readonly WireRef[];
  readonly inputs: ReadonlyMap<string, WireRef & { readonly key: Position }>;
  readonly options: ReadonlyMap<string, Option>;
}

/** `node` or `node.port`. */
export interface WireRef {
  readonly node: string;
  readonly port: string | undefined;
  readonly position: Position;
}

export interface Option {
  readonly value: unknown;
  readonly key: Position;
  readonly position: Position;
  /** The parameter the value came from; `isSet` when the command line gave it. */
  readonly parameter: { readonly name: string; readonly isSet: boolean } | undefined;
}

const topKeys = ['version', 'name', 'description', 'parameters', 'nodes'];
const idPattern = /^[a-z][A-Za-z0-9]{0,63}$/;
const maxNodes = 500;

/**
 * Reads a pipeline file; every problem of its form is pushed to `problems`, with its place.
 * @param overrides values from the command line, by parameter name, as text
 * @returns undefined where nothing could be made of the text
 */
export function parsePipeline(
  text: string,
  file: string,
  overrides: Overrides,
  problems: PipelineError[],
): PipelineSpec | undefined {
  const yamlProblems: ConfigError[] = [];
  const root = readYaml(text, file, yamlProblems);
  problems.push(...yamlProblems);
  if (!root) {
    if (yamlProblems.length === 0) {
      problems.push(
        new ConfigError({
          code: 'PIPELINE_EMPTY',
          where: file,
          message: 'the file holds no pipeline',
        }),
      );
    }
    return undefined;
  }
  const top = asMap(root, 'a pipeline with version, name and nodes', problems);
  if (!top) return undefined;
  for (const [key, entry] of top.entries) {
    if (!topKeys.includes(key)) problems.push(unknownKey(key, entry, topKeys));
  }
  checkVersion(top, problems);
  const name = readName(top, problems);
  const descriptionEntry = top.entries.get('description');
  const description = descriptionEntry ? plainText(descriptionEntry.value) : '';
  const declared = declareParameters(
    top.entries.get('parameters')?.value,
    overrides,
    file,
    problems,
  );
  const used = new Set<string>();
  const nodes = readNodes(top, declared, used, problems);
  for (const parameter of declared.values()) {
    if (used.has(parameter.name)) continue;
    const found = `parameter "${parameter.name}", which no node uses`;
    const hint = `write '\${${parameter.name}}' where it is to stand, or remove it`;
    problems.push(
      new ConfigError({ code: 'UNUSED_PARAMETER', found, hint, position: parameter.position }),
    );
  }
  return { name, description, file, text, parameters: declared, nodes };
}

function checkVersion(top: PlacedMap, problems: PipelineError[]): void {
  const version = top.entries.get('version');
  const isRight = version?.value.kind === 'scalar' && version.value.value === 1;
  if (isRight) return;
  problems.push(
    new ConfigError({
      code: 'PIPELINE_VERSION',
      found: version ? show(plainText(version.value)) : 'no version',
      expected: 'version: 1',
      position: version?.value.position ?? top.position,
    }),
  );
}

function readName(top: PlacedMap, problems: PipelineError[]): string {
  const entry = top.entries.get('name');
  const value = entry?.value.kind === 'scalar' ? entry.value.value : undefined;
  if (typeof value === 'string' && /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(value)) return value;
  problems.push(
    new ConfigError({
      code: 'PIPELINE_NAME',
      found: entry ? show(value) : 'no name',
      expected: 'a name of letters, digits, dots and dashes',
      position: entry?.value.position ?? top.position,
    }),
  );
  return 'unnamed';
}

function readNodes(
  top: PlacedMap,
  parameters: ReadonlyMap<string, ResolvedParameter>,
  used: Set<string>,
  problems: PipelineError[],
): NodeSpec[] {
  const entry = top.entries.get('nodes');
  const nodes = entry && asMap(entry.value, 'a map of nodes', problems);
  if (!entry || (nodes && nodes.entries.size === 0)) {
    const position = entry?.value.position ?? top.position;
    problems.push(
      new ConfigError({
        code: 'NO_NODES',
        expected: 'nodes: a map of node ids to nodes',
        position,
      }),
    );
  }
  if (nodes && nodes.entries.size > maxNodes) {
    const found = `${nodes.entries.size} nodes`;
    const expected = `at most ${maxNodes}`;
    const { position } = nodes;
    problems.push(new ConfigError({ code: 'TOO_MANY_NODES', found, expected, position }));
    return [];
  }
  const specs: NodeSpec[] = [];
  for (const [id, { key, value }] of nodes?.entries ?? []) {
    if (!idPattern.test(id)) {
      problems.push(
        new ConfigError({
          code: 'NODE_ID',
          found: show(id),
          expected: 'a lower-case letter, then letters and digits (ids become file names)',
          position: key,
        }),
      );
    }
    const map = asMap(value, 'a node such as { op: bin, from: task, binSize: 0.025 }', problems);
    if (map) specs.push(readNode(id, key, map, parameters, used, problems));
  }
  return specs;
}

function readNode(
  id: string,
  position: Position,
  map: PlacedMap,
  parameters: ReadonlyMap<string, ResolvedParameter>,
  used: Set<string>,
  problems: PipelineError[],
): NodeSpec {
  const inputs = new Map<string, WireRef & { key: Position }>();
  const options = new Map<string, Option>();
  let from: WireRef[] = [];
  let op = { name: '', position };
  for (const [key, entry] of map.entries) {
    const { value } = entry;
    if (key === 'op') {
      op = { name: plainText(value), position: value.position };
    } else if (key === 'from') {
      const refs = value.kind === 'list' ? value.items : [value];
      from = refs.flatMap((ref) => readRef(ref, problems) ?? []);
    } else if (key === 'inputs') {
      for (const [port, wire] of asMap(value, 'a map of input ports to nodes', problems)?.entries ??
        []) {
        const ref = readRef(wire.value, problems);
        if (ref) inputs.set(port, { ...ref, key: wire.key });
      }
    } else {
      options.set(key, readOption(entry, parameters, used, problems));
    }
  }
  if (op.name === '') {
    problems.push(
      new ConfigError({ code: 'MISSING_OP', message: `node ${show(id)} has no op`, position }),
    );
  }
  return { id, position, op, from, inputs, options };
}

function readRef(placed: Placed, problems: PipelineError[]): WireRef | undefined {
  const text =
    placed.kind === 'scalar' && typeof placed.value === 'string' ? placed.value.trim() : '';
  const match = /^([A-Za-z][A-Za-z0-9_-]*)(?:\.([A-Za-z][A-Za-z0-9]*))?$/.exec(text);
  if (match?.[1] !== undefined)
    return { node: match[1], port: match[2], position: placed.position };
  problems.push(
    new ConfigError({
      code: 'BAD_REFERENCE',
      found: show(placed.kind === 'scalar' ? placed.value : placed.kind),
      expected: 'a node id, or node.port',
      position: placed.position,
    }),
  );
  return undefined;
}

function readOption(
  { key, value }: Entry,
  parameters: ReadonlyMap<string, ResolvedParameter>,
  used: Set<string>,
  problems: PipelineError[],
): Option {
  const names = new Set<string>();
  let parameter: Option['parameter'];
  const substitute = (placed: Placed): unknown => {
    if (placed.kind === 'list') return placed.items.map(substitute);
    if (placed.kind === 'map') {
      const object: Record<string, unknown> = Object.create(null);
      for (const [name, entry] of placed.entries) object[name] = substitute(entry.value);
      return object;
    }
    if (typeof placed.value !== 'string' || !placed.value.includes('${')) return placed.value;
    const resolved = resolveParameter(placed.value, placed.position, parameters, problems);
    if (!resolved) return undefined;
    used.add(resolved.name);
    names.add(resolved.name);
    parameter = { name: resolved.name, isSet: resolved.isSet };
    return resolved.value;
  };
  const plainValue = substitute(value);
  return {
    value: plainValue,
    key,
    position: value.position,
    parameter: names.size === 1 ? parameter : undefined,
  };
}

function asMap(placed: Placed, expected: string, problems: PipelineError[]): PlacedMap | undefined {
  if (placed.kind === 'map') return placed;
  const found = placed.kind === 'list' ? 'a list' : show(placed.value);
  problems.push(new ConfigError({ code: 'NOT_A_MAP', found, expected, position: placed.position }));
  return undefined;
}

function unknownKey(key: string, entry: Entry, known: readonly string[]): ConfigError {
  const hint = didYouMean(key, known);
  return new ConfigError({ code: 'UNKNOWN_KEY', found: show(key), hint, position: entry.key });
}

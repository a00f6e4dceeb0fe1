import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { ConfigError, didYouMean, type PipelineError, ProblemList, show } from '../errors.ts';
import { buildGraph } from '../pipeline/check.ts';
import type { Graph, GraphNode } from '../pipeline/graph.ts';
import { parsePipeline } from '../pipeline/parse.ts';
import { planPasses } from '../pipeline/plan.ts';
import { builtins } from '../registry.ts';

/** A pipeline file, read and checked. */
export interface LoadedPipeline {
  readonly graph: Graph;
  readonly path: string;
  readonly sha256: string;
}

/**
 * Reads and checks a pipeline file. Paths in the file count from the file, those of `--set` from the working
 * directory; either separator may be used.
 * @throws ProblemList with every problem of the file
 */
export async function loadPipeline(
  file: string,
  sets: readonly string[] = [],
): Promise<LoadedPipeline> {
  const text = await readPipeline(file);
  const problems: PipelineError[] = [];
  const spec = parsePipeline(text, file, readPairs(sets, problems), problems);
  const graph = spec && buildGraph(spec, builtins, problems);
  if (graph && problems.length === 0) planPasses(graph, problems);
  if (!graph || problems.length > 0) throw new ProblemList(problems);
  const path = resolve(file);
  const sha256 = createHash('sha256').update(text).digest('hex');
  return { graph: resolvePaths(withDefaultSink(graph), dirname(path)), path, sha256 };
}

async function readPipeline(file: string): Promise<string> {
  try {
    return await readStart(file);
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    const others = await readdir(dirname(file)).catch(() => []);
    const pipelines = others.filter((name) => /\.ya?ml$/.test(name));
    throw new ConfigError({
      code: isMissing ? 'PIPELINE_NOT_FOUND' : 'PIPELINE_UNREADABLE',
      where: file,
      message: isMissing ? 'no such file' : cause instanceof Error ? cause.message : String(cause),
      expected: 'a pipeline in YAML',
      hint:
        pipelines.length > 0
          ? didYouMean(basename(file), pipelines)
          : 'ready-made pipelines are in the folder pipelines/',
      cause,
    });
  }
}

/** More than any pipeline may have: a device has no end. */
const maxBytes = 2 ** 22;

async function readStart(file: string): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of createReadStream(file, { end: maxBytes })) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString('utf8');
}

function readPairs(sets: readonly string[], problems: PipelineError[]): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const set of sets) {
    const at = set.indexOf('=');
    if (at > 0) {
      pairs.set(set.slice(0, at), set.slice(at + 1));
      continue;
    }
    const expected = 'name=value, without spaces around the equals sign';
    problems.push(new ConfigError({ code: 'BAD_SET', where: '--set', found: show(set), expected }));
  }
  return pairs;
}

/**
 * A pipeline that names no sink, or only some that are made of the results of others or stand beside them, records
 * everything to Parquet before those.
 */
export function withDefaultSink(graph: Graph): Graph {
  if (graph.sinks.some(({ definition: d }) => !d.isMadeOfResults && !d.isBeside)) return graph;
  const definition = builtins.sinks.find(({ op }) => op === 'parquet');
  const position = { file: graph.spec.file, line: 1, column: 1, length: 1, text: '' };
  if (!definition) throw new Error(`no parquet sink: ${didYouMean('parquet', [])}`);
  const options = Object.fromEntries(
    Object.entries(definition.params).map(([key, param]) => [key, param.default]),
  );
  const taken = new Set(graph.spec.nodes.map(({ id }) => id));
  let id = 'files';
  for (let n = 2; taken.has(id); n++) id = `files${n}`;
  const sink = { id, definition, options, inputs: new Map(), recorded: [], position };
  return { ...graph, sinks: [sink, ...graph.sinks] };
}

export function resolvePaths(graph: Graph, folder: string): Graph {
  const resolveNode = <N extends GraphNode>(node: N): N => {
    const spec = graph.spec.nodes.find(({ id }) => id === node.id);
    const options: Record<string, unknown> = { ...node.options };
    for (const [key, param] of Object.entries(node.definition.params)) {
      const value = options[key];
      if (param.type !== 'path' || typeof value !== 'string') continue;
      const base = spec?.options.get(key)?.parameter?.isSet ? process.cwd() : folder;
      options[key] = resolvePath(base, value);
    }
    return { ...node, options };
  };
  return {
    ...graph,
    sources: graph.sources.map(resolveNode),
    operators: graph.operators.map(resolveNode),
    sinks: graph.sinks.map(resolveNode),
  };
}

function resolvePath(base: string, path: string): string {
  const slashed = path.replaceAll('\\', '/');
  const trimmed = slashed.length > 1 ? slashed.replace(/\/+$/, '') : slashed;
  return isAbsolute(trimmed) ? join(trimmed) : join(base, trimmed);
}

/** The folder a run goes to when none is named. */
export function defaultFolder(graph: Graph): string {
  return join('out', basename(graph.spec.name));
}

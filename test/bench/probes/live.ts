import { spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { defineSink, defineSource, type Registry } from '../../../src/define.ts';
import { createMersenneTwister } from '../../../src/math/random.ts';
import type { Moments } from '../../../src/model/chunk.ts';
import type { Patterns } from '../../../src/model/patterns.ts';
import { numberedUnits, type Unit } from '../../../src/model/units.ts';
import { buildGraph } from '../../../src/pipeline/check.ts';
import { parsePipeline } from '../../../src/pipeline/parse.ts';
import { runGraph } from '../../../src/pipeline/run.ts';
import { builtins } from '../../../src/registry.ts';
import { openAnySession } from '../../../src/sources/any-session.ts';
import type { Measured, ProbeOptions } from '../probe.ts';

interface Options extends ProbeOptions {
  readonly nUnits: number;
  readonly nAssemblies: number;
  readonly binSize: number;
  readonly spikesPerSecond: number;
  readonly duration: number;
  readonly speed: number;
  /** A recording that is replayed as fast as it is read, in the place of the rig. */
  readonly session?: string;
}

const address = 'tcp://127.0.0.1:5997';
const quietMs = 1000;

/**
 * The live graph, fed by a rig in a process of its own over ZeroMQ: how long rows take from the first message that lets
 * them close to a sink that sees them, and what that costs.
 */
export async function measure(options: Options): Promise<Measured> {
  const { nUnits, binSize, duration, session } = options;
  const units = session === undefined ? numberedUnits(nUnits).kept : await unitsOf(session);
  const rows = Array.from({ length: nUnits }, (_, i) => `[E1, ${i + 1}, ${i + 1}]`);
  const source =
    session === undefined
      ? `op: live-open-ephys, address: '${address}', units: [${rows.join(', ')}], idle: messages, start: 0`
      : `op: replay, path: '${session}', speed: max`;
  const text = `version: 1
name: live
nodes:
  rig: { ${source} }
  made: { op: made }
  counts: { op: bin, from: rig.spikes, binSize: ${binSize} }
  z: { op: zscore, inputs: { counts: counts, moments: made.moments } }
  activity: { op: project, inputs: { zscored: z, patterns: made.patterns } }
  seen: { op: seen }
`;
  const memory: number[] = [];
  let nRows = 0;
  const seen = defineSink({
    op: 'seen',
    summary: 'Sees rows.',
    records: ['activation'],
    params: {},
    open: async () => ({
      chunk: async (_wire, chunk) => {
        if (chunk.kind !== 'activation') return;
        const before = Math.floor((nRows * binSize * 10) / duration);
        nRows += chunk.nBins;
        const tenth = Math.floor((nRows * binSize * 10) / duration);
        if (tenth !== before) memory.push(process.memoryUsage.rss());
      },
      value: async () => {},
      finish: async () => {},
    }),
  });
  const graph = build(text, {
    ...builtins,
    sources: [...builtins.sources, madeSource(options, units)],
    sinks: [...builtins.sinks, seen],
  });
  const stop = new AbortController();
  const rig = session === undefined ? startRig(options) : undefined;
  rig?.then(
    () => wait(quietMs).then(() => stop.abort()),
    () => stop.abort(),
  );
  const cpu = process.cpuUsage();
  const began = performance.now();
  const result = await runGraph(graph, {
    folder: { create: () => Promise.reject(new Error('nothing is to be written')) },
    provenance: async () => new Map(),
    signal: new AbortController().signal,
    stop: stop.signal,
    now: () => performance.now() / 1000,
    peakMemory: () => 0,
  });
  const nSent = (await rig)?.nSpikes;
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const [{ status, latency }] = result.live;
  const nSpikes = status.counts.spikes;
  if (nSent !== undefined && nSent !== nSpikes)
    throw new Error(`${nSpikes} of ${nSent} spikes came`);
  const cpuSeconds = (user + system) / 1e6;
  const { p50Ms = 0, p99Ms = 0, maxMs = 0 } = latency ?? {};
  const growthBytes = (memory.at(-1) ?? 0) - (memory[2] ?? 0);
  const cpuShare = cpuSeconds / seconds;
  const hours = (nRows * binSize) / 3600;
  const counts = { p50Ms, p99Ms, maxMs, nRows, nSpikes, cpuShare, growthBytes, hours };
  return { seconds, cpuSeconds, counts };
}

function build(text: string, registry: Registry) {
  const spec = parsePipeline(text, 'live.yaml', new Map(), []);
  const graph = spec && buildGraph(spec, registry, []);
  if (!graph) throw new Error('the graph cannot be read');
  return graph;
}

/** The rig ends by itself; what it says is how many spikes it sent. */
function startRig({ dist, scratch, ...options }: Options): Promise<{ nSpikes: number }> {
  const order = JSON.stringify({
    probe: 'live-rig',
    options: { ...options, dist, scratch, address },
  });
  const child = spawn(process.execPath, [process.argv[1] ?? '', order], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (data) => {
    text += data;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => {
      if (status !== 0) reject(new Error(`the rig ended with ${status}`));
      else resolve((JSON.parse(text) as { counts: { nSpikes: number } }).counts);
    });
  });
}

async function unitsOf(path: string): Promise<readonly Unit[]> {
  const { values, close } = await openAnySession(path, {});
  await close?.();
  if (values.units?.kind !== 'units') throw new Error(`${path} has no units`);
  return values.units.kept;
}

/** Templates and moments such as a fit gives, made of random numbers. */
function madeSource({ nAssemblies, binSize, spikesPerSecond }: Options, units: readonly Unit[]) {
  const random = createMersenneTwister(2);
  const nUnits = units.length;
  const weights = Array.from({ length: nAssemblies }, () => {
    const row = Float64Array.from({ length: nUnits }, () => random.double() - 0.5);
    const norm = Math.sqrt(row.reduce((sum, w) => sum + w * w, 0));
    return row.map((w) => w / norm);
  });
  const mean = (spikesPerSecond / nUnits) * binSize;
  const patterns: Patterns = {
    kind: 'patterns',
    units,
    weights,
    members: weights.map((row) => Uint8Array.from(row, (w) => (w > 0.2 ? 1 : 0))),
    valid: weights.map(() => true),
    patternEigenvalues: new Float64Array(nAssemblies).fill(Number.NaN),
    eigenvalues: new Float64Array(0),
    bound: Number.NaN,
    method: 'made',
    boundMethod: 'none',
    nBins: 0,
    binSize,
    constantUnits: [],
    ica: undefined,
    warnings: [],
  };
  const moments: Moments = {
    kind: 'moments',
    mean: new Float64Array(nUnits).fill(mean),
    sd: new Float64Array(nUnits).fill(Math.sqrt(mean)),
    isConstant: new Uint8Array(nUnits),
    nBins: 100_000,
    binSize,
    smoothingSd: 0,
    unitIds: Int32Array.from(units, ({ id }) => id),
  };
  return defineSource({
    op: 'made',
    summary: 'Templates and moments.',
    outputs: { patterns: 'patterns', moments: 'moments' },
    params: {},
    open: async () => ({
      values: { patterns, moments },
      streams: {},
      digests: [],
      paths: [],
      span: undefined,
    }),
  });
}

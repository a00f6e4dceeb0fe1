import { availableParallelism, cpus, hostname, release, totalmem } from 'node:os';
import { relative, resolve } from 'node:path';
import { ConfigError } from '../errors.ts';
import type { Note } from '../model/report.ts';
import {
  Interrupted,
  type NodeNote,
  type Progress,
  type RunResult,
  runGraph,
} from '../pipeline/run.ts';
import { isJournal } from '../sinks/journal-names.ts';
import { type DiskFolder, openRunFolder } from '../sinks/run-folder.ts';
import { openScratchFile } from '../sinks/scratch-file.ts';
import { version } from '../version.ts';
import { createChainThread } from '../workers/chain-thread.ts';
import { createWorkerPool } from '../workers/pool.ts';
import { createThreads } from '../workers/threads.ts';
import { allowGrowth } from './heap-growth.ts';
import { defaultFolder, loadPipeline } from './load.ts';
import { describeProvenance } from './provenance.ts';
import { type RunSummary, summarizeRun } from './run-summary.ts';
import { renderRun } from './run-text.ts';

export interface RunOptions {
  readonly set?: readonly string[];
  readonly out?: string;
  readonly overwrite?: true;
  readonly json?: true;
  /** Threads that share out wide work; changes no number. */
  readonly workers?: number;
}

/**
 * `rekindle run`: the exit code, or throws what `cli.ts` prints. An interrupt ends the run as soon as it can be ended
 * in good order, a second one at once; from the moment the files are given their final names they are all given them.
 * The first interrupt of a live run ends the recording instead, and the run completes; a live run that is cut short
 * keeps its journals.
 */
export async function runCommand(file: string, options: RunOptions): Promise<number> {
  const { graph, path, sha256 } = await loadPipeline(file, options.set);
  const startedAt = new Date().toISOString();
  const isLive = graph.sources.some(({ definition }) => definition.isLive);
  const stop = new AbortController();
  const abort = new AbortController();
  let folder: DiskFolder | undefined;
  const interrupt = (): void => {
    if (isLive && !stop.signal.aborted) {
      stop.abort();
      return;
    }
    if (!abort.signal.aborted) {
      abort.abort();
      return;
    }
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
    try {
      if (!folder || !hasJournals(folder)) folder?.abandonNow();
    } finally {
      // Nobody listens any more, so this ends the process; an exit would wait for a disk that does not answer.
      process.kill(process.pid, 'SIGINT');
    }
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  const line = progressLine();
  // No thread starts before a node has work for it.
  const nThreads = options.workers ?? Math.min(availableParallelism(), 4);
  const pool = createWorkerPool(nThreads);
  const threads = createThreads();
  const thread = nThreads > 0 ? createChainThread({ threads }) : undefined;
  const letGrow = allowGrowth();
  let result: RunResult | undefined;
  try {
    folder = await openRunFolder(outFolder(options.out ?? defaultFolder(graph)), {
      overwrite: options.overwrite === true,
    });
    result = await runGraph(graph, {
      folder,
      provenance: async (sources) => describeProvenance(graph, sha256, sources),
      signal: abort.signal,
      stop: stop.signal,
      nThreads,
      threads,
      compute: pool.compute,
      scratch: openScratchFile,
      ...(thread ? { thread } : {}),
      now: () => performance.now() / 1000,
      peakMemory: () => process.resourceUsage().maxRSS * 1024,
      onNote: tellAtOnce,
      ...(line ? { onProgress: line.show } : {}),
      ...(isLive ? { onNote: (note) => tellNow(note, line?.clear) } : {}),
    });
    const circumstances = {
      version,
      startedAt,
      pipelinePath: path,
      folder: folder.path,
      machine: machine(),
      files: folder.files(),
    };
    const soFar: unknown = JSON.parse(toJson(summarizeRun(result, circumstances)));
    const began = performance.now();
    await result.conclude({ summary: soFar, results: folder.results });
    const seconds = result.seconds + (performance.now() - began) / 1000;
    const whole = { ...circumstances, files: folder.files() };
    const summary = summarizeRun({ ...result, seconds }, whole);
    if (abort.signal.aborted) throw new Interrupted();
    await folder.complete(toJson(summary));
    line?.clear();
    const peak = process.resourceUsage().maxRSS * 1024;
    const shown = { ...summary, folder: relative(process.cwd(), folder.path) || '.' };
    process.stdout.write(options.json ? toJson(summary) : `${renderRun(shown, peak)}\n`);
    return 0;
  } catch (error) {
    line?.clear();
    if (!folder || !hasJournals(folder)) {
      await folder?.abandon();
      throw error;
    }
    await folder.keep();
    const kept = `what was recorded so far is kept: rekindle recover ${relative(process.cwd(), folder.path) || '.'}`;
    if (error instanceof Interrupted) throw new Interrupted(`interrupted; ${kept}`);
    process.stderr.write(`${kept}\n`);
    throw error;
  } finally {
    letGrow();
    await result?.close();
    await pool.close();
    await thread?.close();
    await threads.close();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

/** Says at once what cannot wait for the end of a live run: what goes wrong, and where its page is. */
function tellNow({ node, level, code, message }: NodeNote, clear: (() => void) | undefined): void {
  if (level !== 'warning' && code !== 'LIVE_PAGE') return;
  clear?.();
  process.stderr.write(`${node}: ${message}\n`);
}

/** Whether a run has written what it would be a pity to lose. */
function hasJournals(folder: DiskFolder): boolean {
  const all = [...folder.files(), ...folder.passing()];
  return all.some(({ name, bytes }) => isJournal(name) && bytes > 0);
}

/** Where to look is of no use when the run is over. */
function tellAtOnce({ code, message }: Note): void {
  if (code === 'LIVE_PAGE') process.stderr.write(`${message}\n`);
}

function outFolder(out: string): string {
  if (out !== '') return resolve(out);
  const hint = 'is a variable in the command unset?';
  throw new ConfigError({
    code: 'BAD_OUT',
    where: '--out',
    found: '""',
    expected: 'a folder',
    hint,
  });
}

/** The text of a `run.json`. */
function toJson(summary: RunSummary): string {
  return `${JSON.stringify(summary, plainNumbers, 2)}\n`;
}

/** JSON knows no NaN: what has no value is null. Typed arrays become lists. */
function plainNumbers(_key: string, value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return [...(value as Float64Array)];
  return typeof value === 'number' && !Number.isFinite(value) ? null : value;
}

function machine(): Record<string, string | number> {
  return {
    host: hostname(),
    platform: `${process.platform} ${release()}`,
    node: process.version,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memory: totalmem(),
  };
}

/** One line on the terminal that is written over; none where stderr is not a terminal. */
function progressLine(): { show: (progress: Progress) => void; clear: () => void } | undefined {
  if (!process.stderr.isTTY) return undefined;
  let last = 0;
  return {
    show: ({ pass, nPasses, fraction, recorded, elapsed }) => {
      const now = performance.now();
      if (now - last < 100) return;
      last = now;
      const speed = recorded / Math.max(elapsed, 1e-3);
      const left = fraction > 0 ? (elapsed * (1 - fraction)) / fraction : Number.NaN;
      const percent = Number.isNaN(fraction) ? '' : ` ${Math.round(fraction * 100)} %`;
      const ending = Number.isNaN(left) ? '' : `, ${left.toFixed(0)} s left`;
      process.stderr.write(
        `\r\x1b[Kpass ${pass} of ${nPasses}${percent}, ${speed.toFixed(0)} x real time${ending}`,
      );
    },
    clear: () => process.stderr.write('\r\x1b[K'),
  };
}

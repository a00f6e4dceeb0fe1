import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withDefaultSink } from '../../src/commands/load.ts';
import { defineSink, type FinishedRun, type OpenSink } from '../../src/define.ts';
import { ConfigError, InputError } from '../../src/errors.ts';
import { Interrupted } from '../../src/pipeline/run.ts';
import { builtins } from '../../src/registry.ts';
import { root } from '../support/cli.ts';
import { checkText, soundPipeline } from '../support/pipeline.ts';
import { runText } from '../support/run.ts';

const calls: string[] = [];

/** A sink that tells what happens to it. */
function telling(
  op: string,
  { isMadeOfResults = true, ...more }: Partial<OpenSink> & { isMadeOfResults?: boolean },
) {
  return defineSink({
    op,
    summary: '',
    records: [],
    isMadeOfResults,
    params: {},
    open: async () => ({
      chunk: async () => {},
      value: async () => {},
      finish: async () => {
        calls.push(`${op} finish`);
      },
      ...more,
    }),
  });
}

const nothing = {
  where: 'nowhere',
  names: async () => [],
  open: () => Promise.reject(new Error()),
};
const run = async (
  sinks: readonly ReturnType<typeof telling>[],
  signal = new AbortController().signal,
) => {
  calls.length = 0;
  const nodes = sinks.map(({ op }) => `  ${op}Node: { op: ${op} }\n`).join('');
  const registry = { ...builtins, sinks: [...builtins.sinks, ...sinks] };
  return runText(`${soundPipeline}${nodes}`, join(root, 'pipelines'), {}, registry, { signal });
};

describe('the last step of sinks', () => {
  test('comes when all have finished, in their order, and sees the run', async () => {
    const seen: FinishedRun[] = [];
    const conclude = (op: string) => async (finished: FinishedRun) => {
      calls.push(`${op} conclude`);
      seen.push(finished);
    };
    const { result } = await run([
      telling('one', { conclude: conclude('one') }),
      telling('two', { conclude: conclude('two') }),
    ]);
    expect(calls).toEqual(['one finish', 'two finish']);
    await result.conclude({ summary: { name: 'x' }, results: nothing });
    expect(calls.slice(2)).toEqual(['one conclude', 'two conclude']);
    expect(seen.map(({ summary }) => summary)).toEqual([{ name: 'x' }, { name: 'x' }]);
  });

  test('its errors name the node', async () => {
    const conclude = async () => {
      throw new InputError({ code: 'NO', found: 'nothing' });
    };
    const { result } = await run([telling('one', { conclude })]);
    await expect(result.conclude({ summary: {}, results: nothing })).rejects.toMatchObject({
      code: 'NO',
      where: 'node "oneNode" (one)',
    });
  });

  test('a run that is asked to stop begins no other, and ends the one at work', async () => {
    const abort = new AbortController();
    const first = async ({ stopIfAsked }: FinishedRun) => {
      calls.push('first');
      stopIfAsked();
      abort.abort();
      stopIfAsked();
      calls.push('never');
    };
    const { result } = await run(
      [telling('one', { conclude: first }), telling('two', {})],
      abort.signal,
    );
    const failed = result.conclude({ summary: {}, results: nothing });
    await expect(failed).rejects.toBeInstanceOf(Interrupted);
    expect(calls.at(-1)).toBe('first');
  });

  test('what a sink needs is looked for before anything is opened', async () => {
    const prepare = async () => {
      throw new ConfigError({ code: 'NOT_INSTALLED', found: 'nothing' });
    };
    const sink = { ...telling('one', {}), prepare };
    await expect(run([sink])).rejects.toMatchObject({
      code: 'NOT_INSTALLED',
      where: 'node "oneNode" (one)',
      position: { line: 16 },
    });
    expect(calls).toEqual([]);
  });
});

test('sinks made of results get the default sink before them, under a name that is free', () => {
  const sinksOf = (more: string) => {
    const { graph, places } = checkText(`${soundPipeline}${more}`);
    expect(places).toEqual([]);
    return graph
      ? withDefaultSink(graph).sinks.map(({ id, definition }) => `${id}: ${definition.op}`)
      : [];
  };
  expect(sinksOf('')).toEqual(['files: parquet']);
  expect(sinksOf('  files: { op: figures }\n')).toEqual(['files2: parquet', 'files: figures']);
  expect(sinksOf('  draw: { op: figures }\n  out: { op: parquet }\n')).toEqual([
    'draw: figures',
    'out: parquet',
  ]);
});

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { describePipelines } from '../../src/pipeline/schema.ts';
import { builtins } from '../../src/registry.ts';
import { checkText, soundPipeline } from '../support/pipeline.ts';

const folder = fileURLToPath(new URL('../../pipelines/', import.meta.url));
const schema = describePipelines(builtins);
const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);

/** Validates as an editor would, and says where the schema is not met. */
function faults(text: string): string[] {
  validate(parse(text));
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

test('there are pipelines to check', () => expect(files.length).toBeGreaterThanOrEqual(2));

describe.each(files)('pipelines/%s', (name) => {
  const text = readFileSync(`${folder}${name}`, 'utf8');

  test('meets the schema', () => expect(faults(text)).toEqual([]));

  test('has no problems', () => expect(checkText(text).places).toEqual([]));
});

test('the sound pipeline of the tests meets it', () => expect(faults(soundPipeline)).toEqual([]));

describe('what check refuses for its form, the schema refuses', () => {
  const spoil = (from: string, to: string) => soundPipeline.replace(from, to);
  test.each([
    ['an unknown op', spoil('op: project', 'op: projct'), '/nodes/activity/op'],
    ['an unknown option', spoil('binSize: 0.025', 'binsize: 0.025'), '/nodes/taskCounts'],
    ['a missing option', spoil(', binSize: 0.025', ''), '/nodes/taskCounts'],
    ['a value out of range', spoil('0.025', '25'), '/nodes/taskCounts/binSize'],
    ['a text for a number', spoil('0.025', 'fast'), '/nodes/taskCounts/binSize'],
    ['a wrong choice', spoil('from: taskZ', 'from: taskZ, method: isa'), '/nodes/templates/method'],
    ['an unknown input', spoil('zscored: z', 'zscore: z'), '/nodes/activity/inputs'],
    ['a bad reference', spoil('from: task,', 'from: "task spikes",'), '/nodes/taskCounts/from'],
    ['a bad node id', soundPipeline.replaceAll('taskZ', 'TaskZ'), '/nodes'],
    ['no version', spoil('version: 1\n', ''), ' must'],
    ['another version', spoil('version: 1', 'version: 2'), '/version'],
    ['an unknown key', spoil('name: sound', 'name: sound\nnods: {}'), ' must'],
    ['a wrong parameter type', spoil('type: seconds', 'type: sconds'), '/parameters/binSize/type'],
    ['a wrong default', spoil('default: 0.01', 'default: fast'), '/parameters/binSize/default'],
  ])('%s', (_, text, place) => {
    expect(checkText(text).problems.length).toBeGreaterThan(0);
    expect(faults(text).some((fault) => fault.startsWith(place))).toBe(true);
  });
});

test('every option of every node is described', () => {
  const nodes = [...builtins.sources, ...builtins.operators, ...builtins.sinks];
  const text = JSON.stringify(schema);
  for (const { op, params, summary } of nodes) {
    expect(text).toContain(JSON.stringify(op));
    expect(text).toContain(JSON.stringify(summary));
    for (const { doc } of Object.values(params)) expect(doc.length).toBeGreaterThan(10);
  }
});

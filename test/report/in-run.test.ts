import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import type * as RunFolderModule from '../../src/sinks/run-folder.ts';
import { root } from '../support/cli.ts';
import { pageData } from '../support/report-page.ts';
import { reportOn, runPipeline, runsFolder } from '../support/report-runs.ts';
import { simulate, simulationFolder } from '../support/simulated.ts';

/** Names of the result files that were opened while runs went on. */
const opened: string[] = [];

vi.mock('../../src/sinks/run-folder.ts', async (load) => {
  const module = await load<typeof RunFolderModule>();
  const openRunFolder: typeof module.openRunFolder = async (...given) => {
    const folder = await module.openRunFolder(...given);
    const open = (name: string) => {
      opened.push(name);
      return folder.results.open(name);
    };
    return { ...folder, results: { ...folder.results, open } };
  };
  return { ...module, openRunFolder };
});
beforeEach(() => {
  opened.length = 0;
});

const scratch = runsFolder();
const sample = join(root, 'data-samples', 'sim_small_11');
const recording = `{ op: cellexplorer, path: ${JSON.stringify(sample)}, brainRegion: CA1, cellType: Pyr }`;
let nRuns = 0;

/** A pipeline with a page, over nodes of a test. */
function pipelineOf(nodes: string): string {
  const path = join(scratch, `pipeline${nRuns}.yaml`);
  writeFileSync(path, `version: 1\nname: test\nnodes:\n${nodes}  page: { op: report }\n`);
  return path;
}

/** The page that a run makes, and what the command makes of the run. */
async function bothPages(pipeline: string, set: readonly string[] = []) {
  const out = join(scratch, `run${nRuns++}`);
  await runPipeline(pipeline, out, set);
  const again = `${out}.html`;
  const ofRun = readFileSync(join(out, 'report.html'), 'utf8');
  const openedInRun = [...opened];
  await reportOn(out, again);
  return { ofRun, ofCommand: readFileSync(again, 'utf8'), openedInRun, out };
}

const epochs = `  recording: ${recording}
  theta: { op: epoch-filter, from: recording.spikes, keep: task & THETA }
  thetaCounts: { op: bin, from: theta, binSize: 0.025 }
  thetaZ: { op: zscore, from: thetaCounts }
  templates: { op: fit-patterns, from: thetaZ }
`;
const whole = `  counts: { op: bin, from: recording.spikes, binSize: 0.01 }
  z: { op: zscore, from: counts }
  activity: { op: project, inputs: { zscored: z, patterns: templates } }
`;
const around = (events: string) =>
  `  post: { op: event-align, inputs: { activation: activity, events: recording.ripples }, ${events} }\n`;

test.each([
  ['averages around events', `${epochs}${whole}${around('in: post & NREMstate')}`],
  [
    'activation as float32',
    `${epochs}${whole}${around('in: post')}  files: { op: parquet, activations: float32 }\n`,
  ],
  [
    'clipped events and a convention of neuro_py',
    `${epochs}${whole}${around('in: post & NREMstate, membership: clipped, convention: neuro-py')}`,
  ],
  ['peaks of events in a wide window', `${epochs}${whole}${around('at: peak, window: [-1, 3]')}`],
  ['events of the recording alone', `${epochs}${whole}`],
  [
    'gaps between epochs',
    `${epochs}  nrem: { op: epoch-filter, from: recording.spikes, keep: NREMstate }
  counts: { op: bin, from: nrem, binSize: 0.01 }
  z: { op: zscore, from: counts }
  activity: { op: project, inputs: { zscored: z, patterns: templates } }
${around('in: post')}`,
  ],
  [
    'two projections and float32',
    `${epochs}${whole}  thetaBins: { op: bin, from: theta, binSize: 0.005 }
  thetaBinsZ: { op: zscore, from: thetaBins }
  inTheta: { op: project, inputs: { zscored: thetaBinsZ, patterns: templates } }
${around('in: post')}  files: { op: parquet, activations: float32 }
`,
  ],
])(
  '%s: the page of the run is that of the command, and no activation is read again',
  async (_, nodes) => {
    const { ofRun, ofCommand, openedInRun } = await bothPages(pipelineOf(nodes));
    expect(ofRun).toBe(ofCommand);
    const { projections } = pageData(ofRun);
    for (const { pyramid, nAssemblies } of projections) {
      expect(nAssemblies).toBeGreaterThan(0);
      expect(pyramid?.nBuckets).toBeGreaterThan(1000);
    }
    expect(openedInRun).toContain('patterns.parquet');
    expect(openedInRun.filter((name) => name.includes('activations'))).toEqual([]);
    expect(opened.length).toBe(openedInRun.length);
  },
);

test('no assemblies, no events: the page of the run is that of the command', async () => {
  const sessions = simulationFolder();
  const session = join(sessions, 'none');
  await simulate({ preset: 'small', assemblies: false, seed: '3', out: session });
  const text = readFileSync(join(root, 'pipelines', 'reactivation-tables.yaml'), 'utf8');
  const pipeline = join(scratch, 'none.yaml');
  writeFileSync(pipeline, `${text}\n  page: { op: report }\n`);
  const { ofRun, ofCommand, openedInRun } = await bothPages(pipeline, [`session=${session}`]);
  expect(ofRun).toBe(ofCommand);
  expect(pageData(ofRun).projections).toMatchObject([{ nAssemblies: 0, pyramid: null }]);
  expect(openedInRun).not.toContain('activations.parquet');
});

test('averages that no file holds: it cannot be told beforehand what is shown, and the file is read', async () => {
  const nodes = `${epochs}${whole}${around('in: post')}  files: { op: parquet, from: [activity, templates] }\n`;
  const { ofRun, ofCommand, openedInRun } = await bothPages(pipelineOf(nodes));
  expect(ofRun).toBe(ofCommand);
  expect(openedInRun).toContain('activations.parquet');
  expect(pageData(ofRun).projections[0]?.pyramid).not.toBeNull();
});

test('one of two projections recorded: the page shows that one', async () => {
  const nodes = `${epochs}${whole}  thetaBins: { op: bin, from: theta, binSize: 0.005 }
  thetaBinsZ: { op: zscore, from: thetaBins }
  inTheta: { op: project, inputs: { zscored: thetaBinsZ, patterns: templates } }
  files: { op: parquet, from: [inTheta, templates] }
`;
  const { ofRun, ofCommand, openedInRun } = await bothPages(pipelineOf(nodes));
  expect(ofRun).toBe(ofCommand);
  expect(openedInRun).not.toContain('activations.parquet');
});

test('a live run reads its files in the end', async () => {
  const first = await bothPages(pipelineOf(`${epochs}${whole}`));
  opened.length = 0;
  const { ofRun, ofCommand, openedInRun } = await bothPages(
    pipelineOf(`  recording: { op: replay, path: ${JSON.stringify(sample)}, speed: max, brainRegion: CA1, cellType: Pyr }
  templates: { op: patterns-file, path: ${JSON.stringify(first.out)} }
  frozen: { op: moments-file, path: ${JSON.stringify(first.out)}, node: z }
  counts: { op: bin, from: recording.spikes, binSize: 0.01 }
  z: { op: zscore, inputs: { counts: counts, moments: frozen } }
  activity: { op: project, inputs: { zscored: z, patterns: templates } }
`),
  );
  // What the page lacks is a note of the run, which stands on the page that is made later.
  expect(pageData(ofRun)).toEqual(pageData(ofCommand));
  expect(openedInRun).toContain('activations.parquet');
  expect(pageData(ofRun).projections[0]?.pyramid).toEqual(
    pageData(first.ofRun).projections[0]?.pyramid,
  );
});

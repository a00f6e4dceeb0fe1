import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { emulateCommand } from '../../src/commands/emulate.ts';
import { renderPlan } from '../../src/commands/plan-text.ts';
import { recoverCommand } from '../../src/commands/recover.ts';
import { root } from '../support/cli.ts';
import { checkText } from '../support/pipeline.ts';

const session = join(root, 'data-samples', 'sim_small_1');

describe('emulate refuses before anything is opened', () => {
  test.each([
    [{ drop: '2' }, 'option "--drop"'],
    [{ pause: '3' }, 'option "--pause"'],
    [{ pause: 'a,b' }, 'option "--pause"'],
    [{ reconnect: '5,0' }, 'option "--reconnect"'],
    [{ format: 'lsl' }, 'option "--format"'],
    [{ speed: 'fast' }, 'option "--speed"'],
    [{ load: '0' }, 'option "--load"'],
  ])('%j', async (options, where) => {
    const refused = emulateCommand('open-ephys', { session, ...options });
    await expect(refused).rejects.toMatchObject({ exitCode: 2, where });
  });

  test('another rig', async () => {
    await expect(emulateCommand('neuralynx', { session })).rejects.toMatchObject({
      code: 'UNKNOWN_RIG',
    });
  });
});

test('recover says what is not there', async () => {
  const nowhere = recoverCommand(join(root, 'nowhere'), {});
  await expect(nowhere).rejects.toMatchObject({ code: 'NOTHING_TO_RECOVER', exitCode: 3 });
  await expect(recoverCommand(session, {})).rejects.toMatchObject({ found: 'no journals' });
});

test('the plan of a live graph opens nothing, and has no figures', async () => {
  const { graph } = checkText(`version: 1
name: live
nodes:
  rig: { op: live-lines, units: [[E1, 1, 1]] }
  counts: { op: bin, from: rig.spikes }
  templates: { op: patterns-file, path: nowhere }
  frozen: { op: moments-file, path: nowhere }
  z: { op: zscore, inputs: { counts: counts, moments: frozen } }
  activity: { op: project, inputs: { zscored: z, patterns: templates } }
`);
  if (!graph) throw new Error('no graph');
  const text = await renderPlan(graph);
  expect(text).toContain('pass 1 of 1, reading rig');
  expect(text).toContain('no end yet');
});

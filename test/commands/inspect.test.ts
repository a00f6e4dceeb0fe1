import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { rekindle } from '../support/cli.ts';
import { loadGoldenJson } from '../support/golden.ts';
import { findSession, goldenSessions } from '../support/sessions.ts';

interface Golden {
  theta: { n: number; repr: string };
  nrem: { n: number; repr: string };
  ripples: { n: number; repr: string };
  repr_loaded: string;
  units: unknown[];
  epoch_df: { name: string; environment: string; startTime: number; stopTime: number }[];
}

/** The duration in "<EpochArray: 19 epochs> of length 2:36:318 minutes". */
function durationIn(repr: string): string {
  return repr.slice(repr.indexOf('of length ') + 'of length '.length);
}

describe.each(goldenSessions)('inspect %s', (name) => {
  const golden = loadGoldenJson<Golden>(`${name}.golden.json`);
  const session = findSession(name);
  if (!golden || !session) {
    test.skip('its golden data are not on this machine', () => {});
    return;
  }
  const filters = ['--brain-region', 'CA1', '--cell-type', 'Pyr'];

  test('says what the tutorial prints, in its words', () => {
    const { status, stdout } = rekindle(['inspect', session, ...filters, '--json']);
    expect(status).toBe(0);
    const found = JSON.parse(stdout);
    expect(found.units.nKept).toBe(golden.units.length);
    expect(found.duration.text).toBe(durationIn(golden.repr_loaded));
    const epochs = golden.epoch_df.map((row) => [
      row.name,
      row.environment,
      row.startTime,
      row.stopTime,
    ]);
    expect(
      found.epochs.map((row: Record<string, unknown>) => [
        row.name,
        row.environment,
        row.start,
        row.stop,
      ]),
    ).toEqual(epochs);
    const states = Object.fromEntries(found.states.map((row: { name: string }) => [row.name, row]));
    expect(states.THETA).toMatchObject({
      n: golden.theta.n,
      duration: { text: durationIn(golden.theta.repr) },
    });
    expect(states.NREMstate).toMatchObject({
      n: golden.nrem.n,
      duration: { text: durationIn(golden.nrem.repr) },
    });
    expect(found.events[0]).toMatchObject({
      name: 'ripples',
      n: golden.ripples.n,
      duration: { text: durationIn(golden.ripples.repr) },
    });
  });

  test('prints the same as text', () => {
    const { status, stdout } = rekindle(['inspect', session, ...filters]);
    expect(status).toBe(0);
    expect(stdout).toContain(`units: ${golden.units.length} kept`);
    expect(stdout).toContain(`THETA  ${durationIn(golden.theta.repr)}`);
    expect(stdout).toMatch(/tagged bad/);
  });
});

describe('what is no recording', () => {
  test('a missing folder', () => {
    const { status, stderr } = rekindle(['inspect', '/nowhere/at/all']);
    expect(status).toBe(3);
    expect(stderr).toContain('no such folder');
  });

  test('an empty folder', () => {
    const folder = mkdtempSync(join(tmpdir(), 'rekindle-'));
    const { status, stderr } = rekindle(['inspect', folder]);
    rmSync(folder, { recursive: true });
    expect(status).toBe(3);
    expect(stderr).toContain('NOT_A_RECORDING');
    expect(stderr).toContain('an empty folder');
  });

  test('a file', () => {
    const { status, stderr } = rekindle(['inspect', 'package.json']);
    expect(status).toBe(3);
    expect(stderr).toContain('FOLDER_UNREADABLE');
  });
});

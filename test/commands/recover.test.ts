import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { recoverCommand } from '../../src/commands/recover.ts';
import type { RecordedWire } from '../../src/define.ts';
import { journalNode } from '../../src/sinks/journal.ts';
import { recordingJournal } from '../../src/sinks/journal-names.ts';
import { openRunFolder } from '../../src/sinks/run-folder.ts';
import { triggersNode } from '../../src/sinks/triggers.ts';
import { readParquet } from '../support/read-parquet.ts';
import { activationRun, notes, spikeRun } from '../support/streams.ts';

const scratch = mkdtempSync(join(tmpdir(), 'rekindle-recover-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const wire = (node: string, port: RecordedWire['type']): RecordedWire => ({
  node,
  op: 'test',
  port,
  type: port,
});
const wires = {
  activity: wire('activity', 'activation'),
  spikes: wire('rig', 'spikes'),
  ttl: wire('rig', 'triggers'),
};

const unit = (id: number) => ({
  id,
  label: '',
  region: 'CA1',
  cellType: 'Pyr',
  nSpikes: 0,
  attributes: new Map<string, string>(),
});
const units = { kind: 'units' as const, kept: [unit(11), unit(12)], excluded: [] };

const nBatches = 6;

/** A folder as a live run leaves it that was cut short behind its sixth batch, each of 10 bins and 3 spikes. */
async function cutShort({ hasTriggers = false } = {}): Promise<string> {
  const path = mkdtempSync(join(scratch, 'run-'));
  const folder = await openRunFolder(path, { overwrite: false });
  const context = {
    folder,
    wires: Object.values(wires),
    recordings: [{ node: 'rig', op: 'test', values: { units } }],
    provenance: new Map([['rekindle.version', '1']]),
    report: notes().report,
  };
  const sink = await journalNode.open({ flushSeconds: 60, recording: true }, context);
  const triggers = hasTriggers ? await triggersNode.open({}, context) : undefined;
  for (let k = 0; k < nBatches; k++) {
    const from = k / 10;
    const columns = Array.from({ length: 2 }, (_, a) =>
      Array.from({ length: 10 }, (_, row) => 100 * a + 10 * k + row),
    );
    await sink.chunk(wires.activity, activationRun(columns, { origin: from }));
    const spikes = [0.01, 0.02, 0.03].map((lag, i): [number, number] => [from + lag, i % 2]);
    await sink.chunk(wires.spikes, spikeRun(from, (k + 1) / 10, spikes, 2));
    const trigger = { kind: 'trigger', time: from + 0.05, line: 3, isOn: k % 2 === 0 } as const;
    await sink.chunk(wires.ttl, trigger);
    await triggers?.chunk(wires.ttl, trigger);
    // Writes what waits, and ends nothing.
    await sink.close?.();
  }
  await folder.keep();
  return path;
}

interface Summary {
  readonly journals: readonly {
    journal: string;
    nBatches: number;
    nRows: number;
    isCut: boolean;
    span: number[] | null;
    parts: { nSpikes: number; nEvents: number }[];
  }[];
  readonly triggers: unknown;
  readonly files: readonly { name: string; bytes: number }[];
  readonly notRecovered: readonly string[];
}

/** What the command prints. */
async function told(path: string, options: { json?: true } = {}): Promise<string> {
  let text = '';
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((piece) => {
    text += String(piece);
    return true;
  });
  try {
    expect(await recoverCommand(path, options)).toBe(0);
  } finally {
    spy.mockRestore();
  }
  return text;
}

async function recover(path: string): Promise<Summary> {
  const text = await told(path, { json: true });
  expect(readFileSync(join(path, 'run.json'), 'utf8')).toBe(text);
  return JSON.parse(text) as Summary;
}

async function rowsOf(...path: string[]): Promise<unknown[][]> {
  return (await readParquet(Uint8Array.from(readFileSync(join(...path))))).rows;
}

const journalOf = ({ journals }: Summary, name: string) => {
  const found = journals.find(({ journal }) => journal === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
};

describe('recover', () => {
  test('makes of the journals what the run would have made, and removes them', async () => {
    const path = await cutShort();
    const summary = await recover(path);
    expect(journalOf(summary, 'activations.arrows')).toMatchObject({
      nBatches,
      nRows: 60,
      isCut: false,
      span: [0.005, expect.closeTo(0.595, 9)],
    });
    expect(journalOf(summary, recordingJournal)).toMatchObject({
      nBatches,
      isCut: false,
      parts: [{ nSpikes: 18, nEvents: 3, folder: 'recording' }],
    });
    expect(summary.triggers).toBeNull();
    const rows = await rowsOf(path, 'activations.parquet');
    expect(rows.map(([, first, second]) => [first, second])).toEqual(
      Array.from({ length: 60 }, (_, i) => [i, 100 + i]),
    );
    const spikes = await rowsOf(path, 'recording', 'spikes.parquet');
    expect(spikes).toHaveLength(18);
    expect(spikes.slice(0, 3)).toEqual([
      [11, 0.01],
      [12, 0.02],
      [11, 0.03],
    ]);
    expect(readFileSync(join(path, 'recording', 'units.csv'), 'utf8')).toBe(
      'unit_id,region,cell_type\n11,CA1,Pyr\n12,CA1,Pyr\n',
    );
    expect(readFileSync(join(path, 'recording', 'epochs.csv'), 'utf8')).toBe(
      'name,start,stop,environment\nrun1,0,0.6,live\n',
    );
    expect(readdirSync(path).sort()).toEqual(['activations.parquet', 'recording', 'run.json']);
    expect(summary.files.map(({ name }) => name).sort()).toEqual([
      'activations.parquet',
      ...['epochs.csv', 'events.csv', 'spikes.parquet', 'states.csv', 'units.csv'].map(
        (name) => `recording/${name}`,
      ),
    ]);
    for (const { name, bytes } of summary.files)
      expect(statSync(join(path, name)).size, name).toBe(bytes);
  });

  test('says in words what there is and what is not', async () => {
    const text = await told(await cutShort({ hasTriggers: true }));
    expect(text).toMatch(/^activations\.arrows: 60 rows from 0\.005 to 0\.595 s$/m);
    expect(text).toMatch(/^recording: 18 spikes, 3 events, 1 runs of .* together$/m);
    expect(text).toMatch(/^triggers\.jsonl: 6 triggers$/m);
    expect(text).toMatch(/^not recovered: averages around events; .*counted/m);
    expect(text).toMatch(/^8 files in /m);
  });

  test('keeps the triggers that were written, but for half a line', async () => {
    const path = await cutShort({ hasTriggers: true });
    const partial = join(path, 'triggers.jsonl.partial');
    const whole = readFileSync(partial, 'utf8');
    appendFileSync(partial, '{"node":"rig","ti');
    const summary = await recover(path);
    expect(summary.triggers).toEqual({ nTriggers: 6, bytes: whole.length, isCut: true });
    expect(readFileSync(join(path, 'triggers.jsonl'), 'utf8')).toBe(whole);
    expect(summary.files).toContainEqual({ name: 'triggers.jsonl', bytes: whole.length });
    expect(readdirSync(path)).not.toContain('triggers.jsonl.partial');
  });

  test('a journal cut anywhere gives back every whole batch', async () => {
    const name = join('activations.arrows.partial');
    const size = statSync(join(await cutShort(), name)).size;
    const lengths: number[] = [];
    for (let cut = 0; cut <= size; cut += Math.ceil(size / 23)) {
      const path = await cutShort();
      truncateSync(join(path, name), cut);
      const summary = await recover(path);
      const { nRows, nBatches: nWhole } = journalOf(summary, 'activations.arrows');
      expect(nRows).toBe(10 * nWhole);
      // The other journal loses nothing by it.
      expect(journalOf(summary, recordingJournal).parts[0].nSpikes).toBe(18);
      const isThere = readdirSync(path).includes('activations.parquet');
      expect(isThere).toBe(nWhole > 0);
      if (isThere) expect(await rowsOf(path, 'activations.parquet')).toHaveLength(nRows);
      lengths.push(nWhole);
    }
    expect(lengths).toEqual([...lengths].sort((a, b) => a - b));
    expect(new Set(lengths).size).toBeGreaterThan(4);
  });

  test.each([
    ['noise', Buffer.alloc(100, 0x5a), true],
    ['the begin of a message', Buffer.from('ffffffff10', 'hex'), true],
    ['a message that is longer than any', Buffer.from('ffffffffffffff7f00', 'hex'), true],
    ['nothing', Buffer.alloc(0), false],
  ])('%s behind the last batch: all batches, and told', async (_, tail, isCut) => {
    const path = await cutShort();
    appendFileSync(join(path, 'activations.arrows.partial'), tail);
    const summary = await recover(path);
    expect(journalOf(summary, 'activations.arrows')).toMatchObject({ nRows: 60, isCut });
  });

  test('an empty journal, or one of noise alone, makes no file and stops no other', async () => {
    for (const content of [Buffer.alloc(0), Buffer.alloc(5000, 7)]) {
      const path = await cutShort();
      writeFileSync(join(path, `${recordingJournal}.partial`), content);
      const summary = await recover(path);
      expect(journalOf(summary, recordingJournal)).toMatchObject({
        nRows: 0,
        parts: [],
        isCut: content.length > 0,
      });
      expect(await rowsOf(path, 'activations.parquet')).toHaveLength(60);
      expect(readdirSync(path)).not.toContain(`${recordingJournal}.partial`);
    }
  });

  test('removes what the run had begun, and nothing else', async () => {
    const path = await cutShort();
    const mine = ['notes.txt', 'psth.parquet.partial'];
    for (const name of mine) writeFileSync(join(path, name), 'mine');
    // Begun by the run: the tables of its recording.
    expect(readdirSync(join(path, 'recording'))).toEqual(['spikes.parquet.partial']);
    await recover(path);
    expect(readdirSync(path)).toEqual(expect.arrayContaining(mine));
    expect(readdirSync(join(path, 'recording')).some((name) => name.endsWith('.partial'))).toBe(
      false,
    );
  });

  test('a second time there is nothing to recover, and nothing changes', async () => {
    const path = await cutShort();
    await recover(path);
    const before = readFileSync(join(path, 'activations.parquet'));
    await expect(recoverCommand(path, {})).rejects.toMatchObject({
      code: 'NOTHING_TO_RECOVER',
      found: 'a finished run',
      exitCode: 3,
    });
    expect(readFileSync(join(path, 'activations.parquet'))).toEqual(before);
  });

  test('one that was cut short itself is done again', async () => {
    const path = await cutShort();
    const journal = readFileSync(join(path, 'activations.arrows.partial'));
    await recover(path);
    // As if it had ended before it removed the journals.
    writeFileSync(join(path, 'activations.arrows.partial'), journal);
    const summary = await recover(path);
    expect(journalOf(summary, 'activations.arrows').nRows).toBe(60);
    expect(readdirSync(path).some((name) => name.endsWith('.partial'))).toBe(false);
  });

  test('a finished run that was to be replaced is not mixed with it', async () => {
    const path = await cutShort();
    writeFileSync(join(path, 'run.json'), '{"rekindle": "0.1.0"}\n');
    const before = readdirSync(path).sort();
    await expect(recoverCommand(path, {})).rejects.toMatchObject({
      code: 'RUN_IN_THE_WAY',
      exitCode: 3,
    });
    expect(readdirSync(path).sort()).toEqual(before);
  });

  test('not while the run goes on', async () => {
    const path = await cutShort();
    const folder = await openRunFolder(mkdtempSync(join(scratch, 'live-')), { overwrite: false });
    writeFileSync(
      join(folder.path, 'activations.arrows.partial'),
      readFileSync(join(path, 'activations.arrows.partial')),
    );
    await expect(recoverCommand(folder.path, {})).rejects.toMatchObject({ code: 'RUN_BUSY' });
    expect(readdirSync(folder.path)).toContain('activations.arrows.partial');
    await folder.abandon();
  });

  test.each(['nowhere', 'file'])('%s is no folder of a run', async (name) => {
    writeFileSync(join(scratch, 'file'), '');
    await expect(recoverCommand(join(scratch, name), {})).rejects.toMatchObject({
      code: 'NOTHING_TO_RECOVER',
      found: 'no such folder',
    });
  });
});

import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rekindle, root } from './support/cli.ts';

const files = ['session', 'cell_metrics.cellinfo', 'ripples.events', 'SleepState.states'];
let scratch: string;

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'rekindle-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const damages: [string, (bytes: Buffer) => Buffer | string][] = [
  ['cut in half', (bytes) => bytes.subarray(0, bytes.length / 2)],
  ['empty', () => ''],
  ['a text', () => 'name,start,stop\nmaze,0,1\n'],
  [
    'an HDF5 file',
    () => Buffer.concat([Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'), Buffer.alloc(4096)]),
  ],
  ['only a header', (bytes) => bytes.subarray(0, 128)],
  [
    'overwritten in the middle',
    (bytes) => Buffer.concat([bytes.subarray(0, 300), Buffer.alloc(64, 0xff), bytes.subarray(364)]),
  ],
];

test.each(files.flatMap((file) => damages.map(([what, damage]) => ({ file, what, damage }))))(
  '$file: $what exits with 3, names the file and writes nothing',
  ({ file, damage }) => {
    const session = join(mkdtempSync(join(scratch, 'session-')), 'sim_small_11');
    cpSync(join(root, 'data-samples', 'sim_small_11'), session, { recursive: true });
    const path = join(session, `sim_small_11.${file}.mat`);
    writeFileSync(path, damage(readFileSync(path)));
    const out = join(mkdtempSync(join(scratch, 'out-')), 'run');
    const args = [
      'run',
      'pipelines/reactivation.yaml',
      '--set',
      `session=${session}`,
      '--out',
      out,
    ];
    const { status, stderr } = rekindle(args);
    expect(stderr).toContain(`sim_small_11.${file}.mat`);
    expect(stderr).not.toContain('    at ');
    expect(status).toBe(3);
    expect(existsSync(out) ? readdirSync(out) : []).toEqual([]);
  },
);

import { readFileSync } from 'node:fs';
import type { Reading } from './figure.ts';

/** What a probe is told: its own options, the folder of the build and one to write to. */
export interface ProbeOptions {
  readonly dist: string;
  readonly scratch: string;
}

/** What a probe says: everything but the memory, which is the same question for all. */
export type Measured = Omit<Reading, 'peakRssBytes'>;

const order = process.argv[2];
if (order !== undefined) {
  const { probe, options } = JSON.parse(order) as { probe: string; options: ProbeOptions };
  const { measure } = (await import(`./probes/${probe}.js`)) as {
    measure: (options: ProbeOptions) => Promise<Measured>;
  };
  const measured = await measure(options);
  process.stdout.write(`${JSON.stringify({ ...measured, peakRssBytes: peakRss() })}\n`);
  process.exit(0);
}

function peakRss(): number {
  try {
    // maxRSS of a process that was forked counts what its parent held; this does not.
    const status = readFileSync('/proc/self/status', 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}

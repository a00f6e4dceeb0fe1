// Loaded into a command that is measured (`node --import`): writes on exit what it has used to the file that
// REKINDLE_BENCH_USAGE names. Nothing else of the command is touched.
import { readFileSync, writeFileSync } from 'node:fs';

process.on('exit', () => {
  const file = process.env.REKINDLE_BENCH_USAGE;
  if (file === undefined) return;
  const { user, system } = process.cpuUsage();
  const usage = { peakRssBytes: peakRss(), cpuSeconds: (user + system) / 1e6 };
  writeFileSync(file, JSON.stringify(usage));
});

function peakRss() {
  try {
    // maxRSS of a process that was forked counts what its parent held; this does not.
    const status = readFileSync('/proc/self/status', 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}

// `npm start`: the main pipeline on the sample recording, and what to try next.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

await import('./setup.mjs');
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const pipeline = join('pipelines', 'reactivation.yaml');
const out = join('out', 'reactivation');
console.log(`npx rekindle run ${pipeline} --out ${out} --overwrite`);
const { status } = spawnSync(
  process.execPath,
  [join('dist', 'cli.js'), 'run', pipeline, '--out', out, '--overwrite'],
  { cwd: root, stdio: 'inherit' },
);
if (status === 0) {
  const page = join(out, 'report.html');
  if (existsSync(join(root, page))) console.log(`\nlook at     ${page} in a browser`);
  console.log(`
next        on your own CellExplorer session:
            npx rekindle run ${pipeline} --set session=PATH/TO/SESSION --out out/mine
            what it would do, before it does it:
            npx rekindle check ${pipeline} --plan`);
}
process.exit(status ?? 1);

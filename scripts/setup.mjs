// What a fresh clone needs before anything else runs: packages as the lock file names them, and a build. Only what is
// missing or out of date is done, so a second call takes no time. Plain Node: nothing is installed yet when it runs.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`rekindle needs Node.js 20.19 or newer; this is ${process.version}.`);
  process.exit(1);
}

const lock = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');
const stamp = join(root, 'node_modules', '.rekindle-installed');
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
  console.error('installing packages ...');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync(stamp, lock);
}
// Packages are part of the command.
const besides = ['tsconfig.build.json', 'scripts/bundle.mjs', 'package.json', 'package-lock.json'];
if (newest(join(root, 'src'), ...besides) > oldestBuild()) {
  console.error('building ...');
  // What no longer has a source must not stay behind.
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  run(process.execPath, [
    join('node_modules', 'typescript', 'bin', 'tsc'),
    '-p',
    'tsconfig.build.json',
  ]);
  run(process.execPath, [join('scripts', 'bundle.mjs')]);
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(join(root, 'dist', '.built'), '');
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    // What npm is called there can only be found by a shell.
    shell: command === 'npm' && process.platform === 'win32',
  });
  if (status === 0) return;
  console.error(`${command} ${args[0]} failed${error ? `: ${error.message}` : ''}.`);
  process.exit(status ?? 1);
}

function newest(folder, ...files) {
  const times = files.map((file) => statSync(join(root, file)).mtimeMs);
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile())
      times.push(statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs);
  }
  return Math.max(...times);
}

function oldestBuild() {
  const built = join(root, 'dist', '.built');
  return existsSync(built) ? statSync(built).mtimeMs : 0;
}

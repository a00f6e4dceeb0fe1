// Puts the command, and the packages that it always needs, into a few files in the place of some five hundred: Node starts
// it in a third of the time. The modules stay beside them as they are, for the library, the worker threads and the pages.
import { readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = realpathSync(resolve(process.argv[2] ?? join(root, 'dist')));
rmSync(join(dist, 'command'), { recursive: true, force: true });
const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
/** Packages that may not be there, and those that load files which lie beside them. */
const apart = [...Object.keys(optionalDependencies), '@bokuweb/zstd-wasm', 'parquetjs-lite'];
/** What stands for the address of a module until it is known which file it comes into. */
const address = /__addressOf\("([^"]+)"\)/g;

const modulesByAddress = {
  name: 'modules-by-address',
  transform(code, id) {
    if (!id.startsWith(dist) || !code.includes('import.meta.url')) return null;
    const module = relative(dist, id).split(sep).join('/');
    return code.replaceAll('import.meta.url', `__addressOf("${module}")`);
  },
  renderChunk(code, { fileName }) {
    const up = fileName.includes('/') ? '../' : './';
    return code.replace(address, (_, module) => `new URL("${up}${module}", import.meta.url).href`);
  },
};

const bundle = await rolldown({
  input: {
    cli: join(dist, 'cli.js'),
    'workers/thread-worker': join(dist, 'workers', 'thread-worker.js'),
  },
  platform: 'node',
  // Node is offered CommonJS, all of which would come along; of these modules only what is used does.
  resolve: { alias: { rxjs: join(root, 'node_modules', 'rxjs', 'dist', 'esm', 'index.js') } },
  external: (id) => isBuiltin(id) || apart.some((name) => id === name || id.startsWith(`${name}/`)),
  plugins: [modulesByAddress],
});
const { output } = await bundle.write({
  dir: dist,
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: 'command/[name]-[hash].js',
});
await bundle.close();
writeFileSync(join(dist, 'command', 'LICENSES.txt'), licences(output));

/** The licences of the packages that are in the files. */
function licences(files) {
  const modules = files.flatMap(({ moduleIds = [] }) => moduleIds);
  const folders = new Set(modules.flatMap((id) => packageFolder(id) ?? []));
  return [...folders]
    .sort()
    .map((folder) => {
      const { name, version, license } = JSON.parse(
        readFileSync(join(folder, 'package.json'), 'utf8'),
      );
      const texts = readdirSync(folder)
        .filter((file) => /^(licen[cs]e|notice)/i.test(file))
        .map((file) => readFileSync(join(folder, file), 'utf8').trim());
      return [`${name} ${version}, ${license}`, ...texts].join('\n\n');
    })
    .join(`\n\n${'-'.repeat(80)}\n\n`);
}

/** The folder of the package that a file belongs to; undefined for our own. */
function packageFolder(id) {
  const parts = id.split(sep);
  const at = parts.lastIndexOf('node_modules');
  if (at < 0) return undefined;
  const length = parts[at + 1].startsWith('@') ? 3 : 2;
  return parts.slice(0, at + length).join(sep);
}

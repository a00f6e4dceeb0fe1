import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';
import { benchFolder, root } from './paths.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const compilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
};

/**
 * Copies a build to a place of our own, so that all rounds measure one and the same, whoever builds meanwhile.
 * @returns the copy
 */
export function takeBuild(dist: string): string {
  const folder = join(benchFolder, 'build');
  rmSync(folder, { recursive: true, force: true });
  cpSync(dist, join(folder, 'dist'), { recursive: true });
  // The build reads its version from the package.json beside it.
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  return join(folder, 'dist');
}

/**
 * Makes plain JavaScript of what runs in child processes, with what it imports of `src` taken from a build: a child
 * that had the compiler in memory would measure that too.
 * @param dist folder of the build
 * @returns the script that children run
 */
export function buildProbes(dist: string): string {
  const built = join(benchFolder, 'built');
  rmSync(built, { recursive: true, force: true });
  for (const name of readdirSync(here, { recursive: true, encoding: 'utf8' })) {
    if (!/^(probe|made|dense.*|probes.*)(?<!\.test)\.ts$/.test(name)) continue;
    const text = readFileSync(join(here, name), 'utf8');
    const { outputText } = ts.transpileModule(text, { compilerOptions });
    const to = join(built, name.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, redirect(outputText, dist));
  }
  return join(built, 'probe.js');
}

/** Imports of `src` go to the build, those of files beside this one to their JavaScript. */
function redirect(text: string, dist: string): string {
  return text.replaceAll(
    /(from|import\() ?'(\.[^']+)\.ts'/g,
    (_, keyword: string, path: string) => {
      const inSource = /(?:^|\/)src\/(.+)$/.exec(path)?.[1];
      const target =
        inSource === undefined ? `${path}.js` : pathToFileURL(join(dist, `${inSource}.js`)).href;
      return `${keyword === 'from' ? 'from ' : keyword}'${target}'`;
    },
  );
}

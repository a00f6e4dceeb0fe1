import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const reportClient = new URL('../client/', import.meta.url);
const importLine = /^import (?:[^;]*? from )?["']\.\/([\w-]+)\.[jt]s["'];$/gm;

/**
 * A page's script: the modules of its `client/` as one text without imports, in an order in which each stands behind those it
 * needs. Their names at top level have to differ, for they share one scope.
 */
export async function clientScript(folder: URL = reportClient): Promise<string> {
  const read = new Map<string, string>();
  const add = async (name: string): Promise<void> => {
    if (read.has(name)) return;
    // Known before it is read, so that modules which need each other do not go round in circles.
    read.set(name, '');
    const text = await readModule(name, folder);
    const needed = [...text.matchAll(importLine)].map(([, module = '']) => module);
    for (const module of needed) await add(module);
    read.delete(name);
    read.set(name, text.replaceAll(importLine, '').replaceAll(/^export (\{\};$)?/gm, ''));
  };
  await add('main');
  const body = [...read.values()].map((text) => text.trim()).join('\n');
  if (/^\s*(import|export)\b/m.test(body)) throw new Error('an import is left in the script');
  return `(() => {\n'use strict';\n${body}\n})();\n`;
}

/** A module as JavaScript: as it was built or, when this runs from its own TypeScript, translated now. */
async function readModule(name: string, folder: URL): Promise<string> {
  if (!import.meta.url.endsWith('.ts')) return readFile(new URL(`${name}.js`, folder), 'utf8');
  const text = await readFile(new URL(`${name}.ts`, folder), 'utf8');
  // Not imported: what is built never comes here, and an installed package has no compiler.
  const typescript: typeof import('typescript') = createRequire(import.meta.url)('typescript');
  const { ModuleKind, ScriptTarget } = typescript;
  const compilerOptions = {
    target: ScriptTarget.ES2023,
    module: ModuleKind.ESNext,
    verbatimModuleSyntax: true,
    rewriteRelativeImportExtensions: true,
  };
  return typescript.transpileModule(text, { compilerOptions }).outputText;
}

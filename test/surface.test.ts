import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { summarizeRun } from '../src/commands/run-summary.ts';
import type { AnyNode, InputPort } from '../src/define.ts';
import * as library from '../src/index.ts';
import type { Param } from '../src/params.ts';
import { builtins } from '../src/registry.ts';
import { readParquet } from './support/read-parquet.ts';
import { runText } from './support/run.ts';

/**
 * What others build on, as text beside this file. `npx vitest run test/surface.test.ts -u` writes it anew; a line that
 * goes or changes is a breaking change and belongs into CHANGELOG.md.
 */
async function expectSurface(name: string, lines: readonly string[]): Promise<void> {
  await expect(
    `${lines.join('\n')}\n`,
    'A renamed key or column is a breaking change',
  ).toMatchFileSnapshot(`surface/${name}.txt`);
}

const root = fileURLToPath(new URL('..', import.meta.url));

/** Every name that `index.ts` exports; it lists them one by one, so that its text is enough. */
function exportedNames(): { name: string; isType: boolean }[] {
  const path = `${root}src/index.ts`;
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ESNext);
  return file.statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement)) throw new Error(`${path} holds more than exports`);
    const { exportClause, isTypeOnly } = statement;
    if (!exportClause || !ts.isNamedExports(exportClause)) throw new Error(`${path}: export *`);
    return exportClause.elements.map((element) => ({
      name: element.name.text,
      isType: isTypeOnly || element.isTypeOnly,
    }));
  });
}

test('names that the library exports', async () => {
  const names = exportedNames();
  const values = names.filter(({ isType }) => !isType).map(({ name }) => name);
  expect(Object.keys(library).sort()).toEqual(values.sort());
  const lines = names.map(({ name, isType }) => `${name}${isType ? '  (type)' : ''}`);
  await expectSurface('exports', lines.sort());
});

test('nodes with their ports and options', async () => {
  const { sources, operators, sinks } = builtins;
  const nodes: AnyNode[] = [...sources, ...operators, ...sinks];
  expect(new Set(nodes.map(({ op }) => op)).size).toBe(nodes.length);
  await expectSurface('nodes', nodes.flatMap(describeNode));
});

function describeNode(node: AnyNode): string[] {
  const lines = [`${node.kind} ${node.op}${'isLive' in node && node.isLive ? ', live' : ''}`];
  if ('inputs' in node) {
    for (const [name, port] of Object.entries(node.inputs)) {
      lines.push(`  in ${name}: ${describeInput(port)}`);
    }
  }
  if ('outputs' in node) {
    for (const [name, type] of Object.entries(node.outputs)) lines.push(`  out ${name}: ${type}`);
  }
  if ('otherOutputs' in node && node.otherOutputs) lines.push(`  out others: ${node.otherOutputs}`);
  if ('records' in node) lines.push(`  records ${node.records.join(', ')}`);
  for (const [key, param] of Object.entries(node.params)) {
    lines.push(`  ${key}: ${describeParam(param)}`);
  }
  return [...lines, ''];
}

function describeInput({ type, need, isOptional, fromSource }: InputPort): string {
  const more = [need, isOptional && 'optional', fromSource && 'from the source'];
  return [type, ...more.filter(Boolean)].join(', ');
}

function describeParam(param: Param<unknown>): string {
  const need =
    param.default !== undefined
      ? `default ${JSON.stringify(param.default)}`
      : param.isOptional
        ? 'optional'
        : 'required';
  const words = param.type === 'choice' ? ` (${param.expected})` : '';
  return `${param.type}${words}, ${need}${param.isTuning ? ', tuning' : ''}`;
}

test('files of a run with their columns, and the keys of run.json', async () => {
  const pipeline = readFileSync(`${root}pipelines/reactivation.yaml`, 'utf8');
  const { result, folder } = await runText(pipeline, `${root}pipelines/`);
  const lines: string[] = [];
  for (const [name, file] of [...folder.files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { metadata, keyValues } = await readParquet(file.bytes());
    lines.push(name);
    for (const { name, type, converted_type, repetition_type } of metadata.schema.slice(1)) {
      const isNullable = repetition_type === 'OPTIONAL';
      lines.push(`  ${name}: ${converted_type ?? type}${isNullable ? ', nullable' : ''}`);
    }
    expect(keyValues).toEqual({ 'rekindle.test': 'yes' });
  }
  const circumstances = {
    version: '',
    startedAt: '',
    pipelinePath: '',
    folder: '',
    machine: {},
    files: [],
  };
  lines.push('run.json');
  for (const key of Object.keys(summarizeRun(result, circumstances))) lines.push(`  ${key}`);
  await expectSurface('files', lines);
});

import { readdirSync } from 'node:fs';
import { Script } from 'node:vm';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { clientScript } from '../../src/report/page/script.ts';
import { root } from '../support/cli.ts';

/** Names that the script declares in the scope its modules share, in order. */
function topLevelNames(script: string): string[] {
  const file = ts.createSourceFile('page.js', script, ts.ScriptTarget.ESNext, true);
  const [call] = file.statements;
  let body: ts.NodeArray<ts.Statement> | undefined;
  const look = (node: ts.Node): void => {
    if (ts.isArrowFunction(node) && ts.isBlock(node.body)) body ??= node.body.statements;
    else ts.forEachChild(node, look);
  };
  look(call);
  return (body ?? ts.factory.createNodeArray<ts.Statement>()).flatMap((statement) => {
    if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) {
      return statement.name ? [statement.name.text] : [];
    }
    if (!ts.isVariableStatement(statement)) return [];
    return statement.declarationList.declarations.map(({ name }) => name.getText(file));
  });
}

test('the modules of the page become one script without imports', async () => {
  const script = await clientScript();
  expect(() => new Script(script)).not.toThrow();
  expect(script).not.toMatch(/^\s*(import|export)\b/m);
  expect(script).not.toMatch(/\b(eval|Function|fetch|XMLHttpRequest|innerHTML|outerHTML)\b\s*[(=]/);
  expect(script.toLowerCase()).not.toContain('</script');
});

test('no two modules declare the same name, for they share one scope', async () => {
  const names = topLevelNames(await clientScript());
  expect(names.length).toBeGreaterThan(80);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

test('every module is in it', async () => {
  const script = await clientScript();
  for (const file of readdirSync(`${root}src/report/client`)) {
    const source = ts.sys.readFile(`${root}src/report/client/${file}`) ?? '';
    const [, name = ''] = /^export (?:async )?(?:function|const) (\w+)/m.exec(source) ?? [];
    if (name) expect(script, file).toMatch(new RegExp(`(function|const) ${name}\\b`));
  }
});

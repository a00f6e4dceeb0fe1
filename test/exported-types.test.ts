import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../src/', import.meta.url));

/** Types that callers meet but have no need to name, and why. */
const unnamed = new Map([
  ['NodeSpec', 'a node as its text has it; what is made of it is a GraphNode'],
  ['Value', 'written ValueTypes[ValueType] elsewhere'],
  ['TaskName', 'a Compute is lent, not written'],
  ['TaskTypes', 'a Compute is lent, not written'],
]);

test('every type that an exported signature names is exported too', () => {
  const options = { module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2023 };
  const program = ts.createProgram([`${root}index.ts`], { ...options, noEmit: true });
  const checker = program.getTypeChecker();
  const index = program.getSourceFile(`${root}index.ts`);
  const module = index && checker.getSymbolAtLocation(index);
  if (!module) throw new Error('index.ts is no module');
  const real = (symbol: ts.Symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const exported = checker.getExportsOfModule(module).map(real);
  expect(exported.length).toBeGreaterThan(100);
  const missing = new Set<string>();

  function visit(node: ts.Node): void {
    if (ts.isBlock(node)) return;
    const name = ts.isTypeReferenceNode(node)
      ? node.typeName
      : ts.isExpressionWithTypeArguments(node)
        ? node.expression
        : undefined;
    const found = name && checker.getSymbolAtLocation(name);
    if (found && isOurs(real(found)) && !exported.includes(real(found))) {
      missing.add(real(found).name);
    }
    ts.forEachChild(node, visit);
  }

  for (const { declarations = [] } of exported) {
    for (const declaration of declarations) signaturesOf(declaration).forEach(visit);
  }
  expect([...missing].filter((name) => !unnamed.has(name))).toEqual([]);
});

/** What of a declaration a caller sees. */
function signaturesOf(node: ts.Declaration): readonly ts.Node[] {
  if (ts.isVariableDeclaration(node)) return node.type ? [node.type] : [];
  if (ts.isClassDeclaration(node)) {
    return node.members.filter(({ name }) => !name || !ts.isPrivateIdentifier(name));
  }
  return [node];
}

/** A type of this library that other modules of it can name: not a type parameter, nor one of a module's own. */
function isOurs({ declarations: [node] = [] }: ts.Symbol): boolean {
  if (!node?.getSourceFile().fileName.startsWith(root)) return false;
  const isType =
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isClassDeclaration(node);
  return isType && (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Export) !== 0;
}

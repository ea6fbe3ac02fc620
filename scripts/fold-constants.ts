/**
 * Puts the numbers of constant tables where they are used: `LAYER.tcp` becomes `(64)`. In a bundle a module's `const`
 * is a variable, so in the loops over packets each `TABLE.name` would load the variable, check what it is, and load
 * the property; about half of the instructions of the flow table were that. What is folded: top-level `const`s of
 * numbers, and of objects of numbers that are `as const`, in their file and where they are imported from it. A name
 * that is declared again inside a file is left alone in that file.
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Plugin } from 'esbuild';
import ts from 'typescript';

type Constant = number | ReadonlyMap<string, number>;

export function foldConstants(): Plugin {
  const files = new ConstantFiles();
  return {
    name: 'fold-constants',
    setup(build) {
      build.onLoad({ filter: /[\\/]src[\\/].*\.tsx?$/, namespace: 'file' }, ({ path }) => ({
        contents: files.folded(path),
        loader: path.endsWith('x') ? 'tsx' : 'ts',
      }));
    },
  };
}

interface ConstantFile {
  readonly source: ts.SourceFile;
  /** By name in the file, imported ones included. */
  readonly constants: ReadonlyMap<string, Constant>;
  /** By name for other files. */
  readonly exports: ReadonlyMap<string, Constant>;
}

export class ConstantFiles {
  readonly #files = new Map<string, ConstantFile>();
  readonly #read: (path: string) => string;

  constructor(read = (path: string) => readFileSync(path, 'utf8')) {
    this.#read = read;
  }

  /** The text of a file with its constants in place. Lines stay where they are. */
  folded(path: string): string {
    const { source, constants } = this.#file(path);
    const names = new Map(constants);
    for (const name of innerNames(source)) names.delete(name);
    const edits: { start: number; end: number; value: number }[] = [];
    const visit = (node: ts.Node): void => {
      if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
      const value = isReplaceable(node) ? valueOf(node, names) : undefined;
      if (typeof value === 'number') {
        edits.push({ start: node.getStart(source), end: node.end, value });
        return;
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
    let text = '';
    let at = 0;
    for (const { start, end, value } of edits) {
      text += `${source.text.slice(at, start)}(${value})`;
      at = end;
    }
    return text + source.text.slice(at);
  }

  #file(path: string): ConstantFile {
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    const kind = path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
    const source = ts.createSourceFile(path, this.#read(path), ts.ScriptTarget.Latest, true, kind);
    const constants = new Map<string, Constant>();
    const exports = new Map<string, Constant>();
    const file = { source, constants, exports };
    // Known before it is complete: files that import each other see what is there so far.
    this.#files.set(path, file);
    for (const statement of source.statements) {
      if (ts.isImportDeclaration(statement)) this.#imports(statement, path, constants);
      else if (ts.isExportDeclaration(statement)) this.#reexports(statement, path, exports);
      else if (ts.isVariableStatement(statement)) declare(statement, constants, exports);
    }
    return file;
  }

  #imports(
    { importClause, moduleSpecifier }: ts.ImportDeclaration,
    path: string,
    into: Map<string, Constant>,
  ): void {
    const bindings = importClause?.namedBindings;
    if (bindings === undefined || !ts.isNamedImports(bindings)) return;
    this.#take(bindings.elements, moduleSpecifier, path, into);
  }

  #reexports(
    { exportClause, moduleSpecifier }: ts.ExportDeclaration,
    path: string,
    into: Map<string, Constant>,
  ): void {
    if (moduleSpecifier === undefined || exportClause === undefined || !ts.isNamedExports(exportClause))
      return;
    this.#take(exportClause.elements, moduleSpecifier, path, into);
  }

  #take(
    elements: readonly (ts.ImportSpecifier | ts.ExportSpecifier)[],
    from: ts.Expression,
    path: string,
    into: Map<string, Constant>,
  ): void {
    if (!ts.isStringLiteral(from) || !/^\..*\.tsx?$/.test(from.text)) return;
    const { exports } = this.#file(resolve(dirname(path), from.text));
    for (const { name, propertyName } of elements) {
      const constant = exports.get((propertyName ?? name).text);
      if (constant !== undefined) into.set(name.text, constant);
    }
  }
}

function declare(
  statement: ts.VariableStatement,
  constants: Map<string, Constant>,
  exports: Map<string, Constant>,
): void {
  if ((statement.declarationList.flags & ts.NodeFlags.Const) === 0) return;
  const isExported = statement.modifiers?.some((m) => m.kind === ts.SyntaxKind.ExportKeyword) ?? false;
  for (const { name, initializer } of statement.declarationList.declarations) {
    const value = initializer === undefined ? undefined : valueOf(initializer, constants);
    if (value === undefined) continue;
    if (ts.isIdentifier(name)) {
      constants.set(name.text, value);
      if (isExported) exports.set(name.text, value);
    } else if (ts.isObjectBindingPattern(name) && typeof value !== 'number') {
      for (const { propertyName, name: local } of name.elements) {
        const property = propertyName ?? local;
        const number = ts.isIdentifier(property) ? value.get(property.text) : undefined;
        if (number !== undefined && ts.isIdentifier(local)) constants.set(local.text, number);
      }
    }
  }
}

/** The value of an expression of numbers, or undefined when it is not known. */
function valueOf(node: ts.Expression, names: ReadonlyMap<string, Constant>): Constant | undefined {
  if (ts.isParenthesizedExpression(node) || ts.isSatisfiesExpression(node))
    return valueOf(node.expression, names);
  if (ts.isAsExpression(node)) {
    const isConst = node.type.getText() === 'const';
    if (isConst && ts.isObjectLiteralExpression(node.expression)) return tableOf(node.expression, names);
    return isConst ? valueOf(node.expression, names) : undefined;
  }
  if (ts.isNumericLiteral(node)) return Number(node.text);
  if (ts.isIdentifier(node)) return names.get(node.text);
  if (ts.isPropertyAccessExpression(node)) return propertyOf(valueOf(node.expression, names), node.name.text);
  if (ts.isElementAccessExpression(node)) {
    const key = node.argumentExpression;
    return ts.isStringLiteral(key) ? propertyOf(valueOf(node.expression, names), key.text) : undefined;
  }
  if (ts.isPrefixUnaryExpression(node)) {
    const value = valueOf(node.operand, names);
    if (typeof value !== 'number') return undefined;
    if (node.operator === ts.SyntaxKind.MinusToken) return -value;
    return node.operator === ts.SyntaxKind.TildeToken ? ~value : undefined;
  }
  if (ts.isBinaryExpression(node)) {
    const left = valueOf(node.left, names);
    if (typeof left !== 'number') return undefined;
    const right = valueOf(node.right, names);
    return typeof right === 'number' ? OPERATORS.get(node.operatorToken.kind)?.(left, right) : undefined;
  }
  return undefined;
}

const OPERATORS: ReadonlyMap<ts.SyntaxKind, (a: number, b: number) => number> = new Map([
  [ts.SyntaxKind.PlusToken, (a, b) => a + b],
  [ts.SyntaxKind.MinusToken, (a, b) => a - b],
  [ts.SyntaxKind.AsteriskToken, (a, b) => a * b],
  [ts.SyntaxKind.SlashToken, (a, b) => a / b],
  [ts.SyntaxKind.AsteriskAsteriskToken, (a, b) => a ** b],
  [ts.SyntaxKind.BarToken, (a, b) => a | b],
  [ts.SyntaxKind.AmpersandToken, (a, b) => a & b],
  [ts.SyntaxKind.CaretToken, (a, b) => a ^ b],
  [ts.SyntaxKind.LessThanLessThanToken, (a, b) => a << b],
  [ts.SyntaxKind.GreaterThanGreaterThanToken, (a, b) => a >> b],
  [ts.SyntaxKind.GreaterThanGreaterThanGreaterThanToken, (a, b) => a >>> b],
]);

function propertyOf(table: Constant | undefined, name: string): number | undefined {
  return typeof table === 'object' ? table.get(name) : undefined;
}

/** The numbers of an object; its other properties are not folded. */
function tableOf(
  { properties }: ts.ObjectLiteralExpression,
  names: ReadonlyMap<string, Constant>,
): ReadonlyMap<string, number> | undefined {
  const table = new Map<string, number>();
  for (const property of properties) {
    // Something spread or computed might replace what stands before it.
    if (ts.isSpreadAssignment(property) || (property.name && ts.isComputedPropertyName(property.name)))
      return undefined;
    if (!ts.isPropertyAssignment(property)) continue;
    const value = valueOf(property.initializer, names);
    if (typeof value === 'number') table.set((property.name as ts.Identifier).text, value);
  }
  return table.size === 0 ? undefined : table;
}

/** True where a number may stand instead of the node. */
function isReplaceable(node: ts.Node): node is ts.Expression {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) return true;
  if (!ts.isIdentifier(node)) return false;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (ts.isVariableDeclaration(parent) || ts.isParameter(parent)) return parent.initializer === node;
  return (
    ts.isExpression(parent) ||
    ts.isStatement(parent) ||
    ts.isCaseClause(parent) ||
    ts.isComputedPropertyName(parent)
  );
}

/** Every name that is declared elsewhere than at the top level of a file. */
function innerNames(source: ts.SourceFile): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (
      (ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isBindingElement(node)) &&
      ts.isIdentifier(node.name) &&
      !isTopLevel(node)
    ) {
      names.add(node.name.text);
    } else if ((ts.isFunctionLike(node) || ts.isClassLike(node)) && node.name && ts.isIdentifier(node.name)) {
      names.add(node.name.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return names;
}

function isTopLevel(node: ts.Node): boolean {
  let at = node.parent;
  while (ts.isBindingElement(at) || ts.isObjectBindingPattern(at) || ts.isArrayBindingPattern(at))
    at = at.parent;
  if (ts.isVariableDeclaration(at)) at = at.parent;
  return ts.isVariableDeclarationList(at) && ts.isSourceFile(at.parent.parent);
}

// SPDX-License-Identifier: Apache-2.0
/** Rules about the sources of components and styles that a type checker does not know. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';

const FOLDERS = ['react/src', 'app/src', 'widget/src'];

function files(suffix: string): string[] {
  return FOLDERS.flatMap((folder) => {
    try {
      return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
    } catch {
      return []; // not every folder has to be there
    }
  }).filter((name) => name.endsWith(suffix));
}

/** Attributes that a person reads or hears. */
const SPOKEN = /^(aria-label|aria-description|aria-roledescription|aria-placeholder|aria-valuetext|title|placeholder|alt|label|hint)$/;
const LETTERS = /\p{L}{2,}/u;

/** Texts that stand in a component instead of in the catalogue. */
function literals(name: string, source: string): string[] {
  const found: string[] = [];
  const tree = ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const report = (node: ts.Node, text: string) => {
    const { line } = tree.getLineAndCharacterOfPosition(node.getStart());
    if (LETTERS.test(text)) found.push(`${name}:${line + 1}: ${text.trim()}`);
  };
  /** What an expression may come out as: both sides of a choice, the pieces of a template. */
  const said = (node: ts.Node | undefined): void => {
    if (!node) return;
    if (ts.isStringLiteralLike(node)) report(node, node.text);
    else if (ts.isTemplateExpression(node)) report(node, [node.head, ...node.templateSpans.map((span) => span.literal)].map((part) => part.text).join(' '));
    else if (ts.isConditionalExpression(node)) [node.whenTrue, node.whenFalse].forEach(said);
    else if (ts.isBinaryExpression(node) && node.operatorToken.kind !== ts.SyntaxKind.EqualsEqualsEqualsToken) said(node.right);
    else if (ts.isParenthesizedExpression(node)) said(node.expression);
  };
  const look = (node: ts.Node): void => {
    if (ts.isJsxText(node)) report(node, node.text);
    if (ts.isJsxExpression(node) && (ts.isJsxElement(node.parent) || ts.isJsxFragment(node.parent))) said(node.expression);
    if (ts.isJsxAttribute(node) && SPOKEN.test(node.name.getText())) {
      const value = node.initializer;
      said(value && ts.isJsxExpression(value) ? value.expression : value);
    }
    if (ts.isCallExpression(node) && node.expression.getText() === 'toast') said(node.arguments[0]);
    ts.forEachChild(node, look);
  };
  look(tree);
  return found;
}

test('the check sees what it is there for', () => {
  const bad = `const A = () => <p title="Good day">Hello {x ? 'there' : t.you} <b aria-label={\`No \${n} left\`} /></p>; toast('Oh no');`;
  assert.equal(literals('bad.tsx', bad).length, 5);
  const good = `const A = () => <p className="cf-a" title={t.hello} data-x="y">{t.a} · {n} {x === 'wide' && <b dir="auto" />}</p>;`;
  assert.deepEqual(literals('good.tsx', good), []);
});

test('no component holds a text: they are in the catalogues', () => {
  const names = files('.tsx');
  assert.ok(names.length > 50);
  assert.deepEqual(names.flatMap((name) => literals(name, readFileSync(name, 'utf8'))), []);
});

/** An error's own words, other than where they are written for who reads them: to a log, into another error, to who reads English. */
const RAW = /^(?!.*(\.warn\(|new ConfabError\(|isEnglish\()).*\berror\??\.message\b/;

test('what an error says of itself is for those who write programs: people read the catalogue', () => {
  const found = [...files('.ts'), ...files('.tsx')].flatMap((name) =>
    readFileSync(name, 'utf8')
      .split('\n')
      .flatMap((line, i) => (RAW.test(line) ? [`${name}:${i + 1}: ${line.trim()}`] : [])),
  );
  assert.deepEqual(found, []);
  assert.match('  setProblem(error.message);', RAW);
});

/** Left and right, where start and end are meant; a transform has no such words, so its origin may say left. */
const PHYSICAL = /^\s*((margin|padding|border)-(left|right)[\w-]*|left|right|border-(top|bottom)-(left|right)-radius)\s*:|(float|clear|text-align)\s*:\s*(left|right)\b/;

test('styles say start and end, so that a language from right to left turns the page', () => {
  const found = files('.css').flatMap((name) =>
    readFileSync(name, 'utf8')
      .split('\n')
      .flatMap((line, i) => (PHYSICAL.test(line) ? [`${name}:${i + 1}: ${line.trim()}`] : [])),
  );
  assert.deepEqual(found, []);
  assert.match('  margin-left: 4px;', PHYSICAL);
});

test('a class means one thing: one stylesheet begins it', () => {
  const homes = new Map<string, string[]>();
  for (const name of files('.css').filter((file) => !file.startsWith('widget/'))) {
    const rules = readFileSync(name, 'utf8').replace(/\/\*[^]*?\*\//g, '');
    for (const [, selector = ''] of rules.matchAll(/(?<!,\n)^(\.[\w-]+) \{/gm)) homes.set(selector, [...(homes.get(selector) ?? []), name]);
  }
  assert.ok(homes.size > 100);
  assert.deepEqual([...homes].filter(([, names]) => new Set(names).size > 1), []);
});

test('the two copies of the dark colours are the same', () => {
  const css = readFileSync('react/src/styles/tokens.css', 'utf8');
  const colours = (start: string) => css.slice(css.indexOf(start)).split('}')[0]?.match(/--cf-[\w-]+: [^;]+/g);
  const system = colours(":root:not([data-theme='light'])");
  assert.ok(system && system.length > 10);
  assert.deepEqual(colours(":root[data-theme='dark']"), system);
});

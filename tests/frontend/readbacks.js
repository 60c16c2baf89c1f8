// Finds where the browser code reads a state from an element, by the types of the code: what an element holds is written
// by people and by drawings, and a drawing may be late.
import { readdirSync } from "node:fs";
import ts from "typescript";

const ROOT = new URL("../../frontend/", import.meta.url).pathname;
const HELD = new Set(["value", "valueAsNumber", "checked", "selected", "selectedOptions", "selectedIndex", "disabled", "hidden", "open", "textContent", "innerText", "innerHTML", "className", "title", "offsetParent", "childElementCount"]);
/** The document itself, and the element at which a listener hears its event. */
const OWN = /^((globalThis\.)?document|event\.(currentTarget|target)|\(?(\/\*\*.*\*\/ )?\(?currentTarget\)?\)?)$/;
const ASKED = new Set(["getAttribute", "hasAttribute"]);

/** @typedef {{file: string, line: number, text: string}} Read */

export function readbacks() {
  const files = readdirSync(ROOT, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".js")).map((name) => ROOT + name);
  const program = ts.createProgram(files, { allowJs: true, checkJs: true, strict: true, noEmit: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022, moduleResolution: ts.ModuleResolutionKind.Bundler, lib: ["lib.es2022.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"], types: [] });
  const checker = program.getTypeChecker(); // which also tells every node its parent
  const sources = program.getSourceFiles().filter((source) => source.fileName.startsWith(ROOT));
  const all = sources.flatMap((source) => accesses(source));
  const rewritten = new Set(all.filter((node) => isWritten(node) && isDataset(node.expression)).map((node) => node.name.text));
  return all.filter((node) => isState(node, checker, rewritten) && !isWritten(node) && !isOwnEvent(node)).map(described);
}

/** @param {ts.SourceFile} source */
function accesses(source) {
  /** @type {ts.PropertyAccessExpression[]} */
  const found = [];
  const visit = (/** @type {ts.Node} */ node) => {
    if (ts.isPropertyAccessExpression(node)) found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** An attribute that is written but once, when its element is made, tells which element it is; any other one is a state. */
function isState(node, checker, rewritten) {
  const name = node.name.text;
  if (isDataset(node.expression)) return rewritten.has(name);
  if (name === "contains") return ts.isPropertyAccessExpression(node.expression) && node.expression.name.text === "classList";
  if (ASKED.has(name)) return !/^\("data-(id|action|parent)"\)/.test(node.parent.getText().slice(node.getText().length));
  return HELD.has(name) && !OWN.test(node.expression.getText()) && Boolean(checker.getTypeAtLocation(node.expression).getProperty("nodeType"));
}

function isDataset(node) {
  return ts.isPropertyAccessExpression(node) && node.name.text === "dataset";
}

function isWritten(node) {
  const { parent } = node;
  return (ts.isBinaryExpression(parent) && parent.left === node && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken) || ts.isDeleteExpression(parent);
}

/** Whether it is read in a listener of the same element: what a person has just done there. */
function isOwnEvent(node) {
  for (let place = node.parent; place; place = place.parent) {
    const call = ts.isCallExpression(place) && ts.isPropertyAccessExpression(place.expression) ? place.expression : null;
    if (call?.name.text === "addEventListener" && bare(call.expression) === bare(node.expression)) return true;
  }
  return false;
}

/** An expression without its casts. */
function bare(node) {
  return ts.isParenthesizedExpression(node) ? bare(node.expression) : node.getText();
}

function described(node) {
  const source = node.getSourceFile();
  return { file: source.fileName.slice(ROOT.length), line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1, text: node.getText().replace(/\/\*\*.*?\*\/ /g, "") };
}

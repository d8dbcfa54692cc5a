import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ROOT, run } from "../support/grid.ts";

/** Imports point down only: a layer may import those with a smaller or the same number. */
const LAYERS: Readonly<Record<string, number>> = { lang: 0, node: 1, shell: 2, src: 3 };
/** A third-party package and the folders that may import it; elsewhere stands our interface to it. */
const HOMES: readonly (readonly [RegExp, RegExp])[] = [
  [/^ssh2$/, /^shell\/ssh\//],
  [/^(classic-level|abstract-level)$/, /^node\/store\//],
  [/^chevrotain$/, /^lang\//],
  [/^(libp2p|@libp2p\/)/, /^node\/network\//],
  [/^blessed$/, /^shell\/views\//],
  [/^uqr$/, /^shell\/render\//],
  [/^@noble\/|^hash-wasm$|^@scure\//, /^(lang\/base|node)\//],
];
/** What the shell may see of the node. src wires the layers together, so it sees more. */
const NODE_DOOR = /^node\/(api|ports|fault)\.ts$/;

interface Import {
  readonly file: string;
  readonly specifier: string;
  /** Path from the root for our own files. */
  readonly target: string | undefined;
  /** Types vanish when compiled; they may name what a value may not. */
  readonly typeOnly: boolean;
}

function sourceFiles(): string[] {
  return Object.keys(LAYERS)
    .filter((layer) => readdirSync(ROOT).includes(layer))
    .flatMap((layer) => readdirSync(join(ROOT, layer), { recursive: true, encoding: "utf8" }).map((path) => `${layer}/${path}`))
    .filter((path) => path.endsWith(".ts"));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), "utf8");
  return [...text.matchAll(/^(?:import|export)\b([^;"]*?)from "([^"]+)"|\bimport\("([^"]+)"\)/gm)].map((match) => {
    const specifier = match[2] ?? match[3] ?? "";
    const target = specifier.startsWith(".") ? relative(ROOT, resolve(ROOT, dirname(file), specifier)) : undefined;
    return { file, specifier, target, typeOnly: /^\s*type\b/.test(match[1] ?? "") };
  });
}

const imports = sourceFiles().flatMap(importsOf);
const layerOf = (path: string): string => path.split("/")[0] ?? "";
const names = (list: readonly Import[]): string[] => list.map(({ file, specifier }) => `${file}: ${specifier}`);

test("imports point down", () => {
  const wrong = imports.filter(({ file, target }) => target !== undefined && (LAYERS[layerOf(target)] ?? Infinity) > (LAYERS[layerOf(file)] ?? -1));
  assert.equal(names(wrong), []);
});

test("the shell sees the node only through its api", () => {
  const wrong = imports.filter(({ file, target, typeOnly }) => layerOf(file) === "shell" && layerOf(target ?? "") === "node" && !typeOnly && !NODE_DOOR.test(target ?? ""));
  assert.equal(names(wrong), []);
});

test("each third-party package is imported in one place", () => {
  const wrong = imports.filter(({ file, specifier }) => HOMES.some(([name, home]) => name.test(specifier) && !home.test(file)));
  assert.equal(names(wrong), []);
});

test("the whole tree, tests included, passes the type checker", async () => {
  const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
  const { code, stdout } = await run(process.execPath, [tsc, "--noEmit", "--incremental", "false", "--pretty", "false"], { timeLimitMs: 60_000 });
  assert.is(code, 0, stdout);
});

test.run();

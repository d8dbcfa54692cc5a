import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { concatBytes } from "../../lang/base/bytes.ts";
import { isFaultError } from "../../lang/base/fault.ts";
import { decodeRlp, encodeRlp } from "../../lang/base/rlp.ts";
import { Machine } from "../../lang/machine/machine.ts";
import type { Meter } from "../../lang/host.ts";
import type { FilePort } from "../../node/state/file-port.ts";
import { createLocalState } from "../../node/state/local-state.ts";
import { NO_OPEN_FILES, openFilesFrom, openFilesItem, withFile } from "../../node/state/open-files.ts";
import { ContentMemo, realmFiles } from "../../node/state/realm-files.ts";
import { createRealmHost } from "../../node/state/realm-host.ts";
import { workingDirectory } from "../../node/state/working-directory.ts";
import { alice, filesOf } from "./realm-actions.ts";
import { seeded } from "./seeded.ts";

const FREE: Meter = { charge: () => undefined, ergLeft: Number.MAX_SAFE_INTEGER };

/** Both ports, each on nothing. */
const PORTS: Readonly<Record<string, (use: (port: FilePort, files: ((meter: Meter) => FilePort) | undefined) => void) => void>> = {
  "the realm": (use) => use(realmFiles(filesOf(createLocalState().realm), new ContentMemo()), undefined),
  "a directory": (use) => {
    const folder = mkdtempSync(join(tmpdir(), "grid-files-"));
    try {
      use(workingDirectory(folder)(FREE), workingDirectory(folder));
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

/** Forth that runs line by line on a host; what it prints, or the code of its fault. */
function forth(files: ((meter: Meter) => FilePort) | undefined): (source: string) => string {
  let printed = "";
  const { realm } = createLocalState();
  const host = createRealmHost({
    realm, signer: alice, directory: { domain: alice, path: "/" }, height: 0n, identityText: "", write: (bytes) => { printed += Buffer.from(bytes).toString(); },
    ...(files === undefined ? {} : { files }),
  });
  const machine = Machine.create({ host });
  return (source) => {
    printed = "";
    const result = machine.run(source, { mode: "forth", sourceName: "test", ergLimit: 50_000_000 });
    return result.kind === "fault" ? `! ${result.report.fault.code}` : printed;
  };
}

for (const [title, withPort] of Object.entries(PORTS)) {
  test(`the standard's file words on ${title}`, () => withPort((_, files) => {
    const run = forth(files);
    run(": name s\" test.txt\" ;\nvariable f  create buffer 100 allot\n: show ( u -- ) buffer swap type ;");
    const ask = (line: string, prints: string): void => assert.is(run(line), prints, line);
    ask("name r/o open-file . drop", "-38 ");
    ask("name r/w create-file . f !", "0 ");
    ask("s\" hello\" f @ write-line .  s\" world\" f @ write-file .", "0 0 ");
    ask("f @ file-size . . .  f @ file-position . . .", "0 0 11 0 0 11 ");
    ask("0. f @ reposition-file .  buffer 100 f @ read-line . . show", "0 0 -1 hello");
    ask("buffer 100 f @ read-line . . show", "0 -1 world");
    ask("buffer 100 f @ read-line . . .", "0 0 0 ");
    ask("buffer 100 f @ read-file . .", "0 0 ");
    ask("12. f @ reposition-file .", "-36 ");
    ask("2. f @ reposition-file .  buffer 3 f @ read-file . show", "0 0 llo");
    ask("2. f @ reposition-file .  s\" XY\" f @ write-file .  f @ file-position . . .", "0 0 0 0 4 ");
    ask("5. f @ resize-file .  f @ file-size . . .", "0 0 0 5 ");
    ask("8. f @ resize-file .  0. f @ reposition-file drop buffer 9 f @ read-file . . buffer 7 + c@ .", "0 0 8 0 ");
    ask("f @ flush-file .  f @ close-file .  f @ close-file .", "0 0 -62 ");
    ask("buffer 9 f @ read-file . .  buffer 9 f @ read-line . . .  s\" x\" f @ write-file .", "-70 0 -71 0 0 -75 ");
    ask("f @ file-size . . .  f @ file-position . . .  0. f @ reposition-file .  0. f @ resize-file .  f @ flush-file .", "-66 0 0 -65 0 0 -73 -74 -68 ");
    ask("name r/o bin open-file . f !  s\" x\" f @ write-file .  0. f @ resize-file .", "0 -75 -74 ");
    ask("name file-status . .  s\" none\" file-status . .", "0 1 -38 0 ");
    ask("name s\" other\" rename-file .  name s\" third\" rename-file .", "0 -38 ");
    ask("s\" other\" w/o open-file . f !  buffer 9 f @ read-file . .", "0 -70 0 ");
    ask("name w/o create-file drop close-file drop  s\" other\" name rename-file .  s\" other\" file-status . .", "0 -38 0 ");
    ask("name delete-file .  name delete-file .", "0 -38 ");
    ask("s\" \" r/o open-file . drop  s\" none/x\" r/w create-file . drop  name 0 open-file . drop", "-69 -38 -69 ");
  }));

  test(`a line is read in pieces when it is longer than the buffer, on ${title}`, () => withPort((_, files) => {
    const run = forth(files);
    run("variable f create buffer 20 allot\ns\" abc\" w/o create-file drop f ! s\" 123456789\" f @ write-line drop s\" x\" f @ write-line drop f @ close-file drop s\" abc\" r/o open-file drop f !");
    assert.is(run("buffer 5 f @ read-line . . buffer swap type"), "0 -1 12345");
    assert.is(run("buffer 5 f @ read-line . . buffer swap type"), "0 -1 6789");
    assert.is(run("buffer 1 f @ read-line . . buffer swap type"), "0 -1 x");
    assert.is(run("buffer 1 f @ read-line . . ."), "0 -1 0 ");
    assert.is(run("buffer 1 f @ read-line . . ."), "0 0 0 ");
  }));

  test(`random writes and cuts leave what they would leave in memory, on ${title}`, () => withPort((port) => {
    const random = seeded(21);
    const name = port.resolve("file");
    port.create(name);
    let model: Uint8Array = new Uint8Array(0);
    for (let i = 0; i < 300; i++) {
      const content = Uint8Array.from({ length: random(20) }, () => random(256));
      const at = random(model.length + 1);
      if (random(6) === 0) {
        const size = random(60);
        model = concatBytes(model.subarray(0, size), new Uint8Array(Math.max(0, size - model.length)));
        port.resize(name, size);
      } else {
        model = concatBytes(model.subarray(0, at), content, model.subarray(Math.min(model.length, at + content.length)));
        port.write(name, at, content);
      }
      assert.is(port.sizeBytes(name), model.length);
      const [from, count] = [random(model.length + 1), random(70)];
      assert.equal([...port.read(name, from, count)], [...model.subarray(from, from + count)]);
    }
  }));
}

test("open files go back with a failing line, and no handle is given twice", () => {
  const run = forth(undefined);
  run("variable f\ns\" abc\" r/w create-file drop f !");
  assert.is(run("s\" x\" f @ write-file drop f @ close-file drop  1 0 /"), "! LANG_DIVIDE_BY_ZERO");
  assert.is(run("f @ file-size . . ."), "0 0 0 ");
  assert.is(run("s\" xyz\" f @ write-file .  f @ file-position . . ."), "0 0 0 3 ");
  assert.is(run("f @ close-file drop  s\" abc\" r/o open-file drop f @ = ."), "0 ");
});

test("a program can have so many files open and no more", () => {
  const run = forth(undefined);
  run("s\" abc\" r/w create-file drop close-file drop");
  assert.is(run(": many 32 0 do s\" abc\" r/o open-file . drop loop ; many").trim().split(" ").every((ior) => ior === "0"), true);
  assert.is(run("s\" abc\" r/o open-file . ."), "-69 0 ");
});

test("running out of ERG is no ior", () => {
  const run = forth(undefined);
  assert.is(run("variable f s\" abc\" r/w create-file drop f !\n1000000. f @ resize-file .\n: spin begin 0. f @ reposition-file drop s\" x\" f @ write-file drop again ; spin"), "! LANG_OUT_OF_ERG");
});

test("going through a file line by line costs its size once, not for each line", () => {
  const memo = new ContentMemo();
  let erg = 0;
  const files = { ...filesOf(createLocalState().realm), meter: { charge: (units: number) => { erg += units; }, ergLeft: 0 } };
  const port = realmFiles(files, memo);
  port.create(port.resolve("log"));
  const name = port.resolve("log");
  port.write(name, 0, new Uint8Array(80_000));
  assert.ok(erg >= 160_000);
  erg = 0;
  for (let i = 0; i < 1_000; i++) port.read(name, i * 80, 80);
  assert.ok(erg <= 10_000, `${erg}`);
});

test("appending costs what is added and hashing the file, not the file each time", () => {
  let erg = 0;
  const files = { ...filesOf(createLocalState().realm), meter: { charge: (units: number) => { erg += units; }, ergLeft: 0 } };
  const port = realmFiles(files, new ContentMemo());
  const name = port.resolve("log");
  port.create(name);
  for (let i = 0; i < 100; i++) {
    port.write(name, i * 100, new Uint8Array(100).fill(i));
    files.realm.savepoint();
  }
  assert.ok(erg < 150_000, `${erg}`);
  assert.is(files.realm.pending().contentBytes, 10_000);
});

test("open files survive as bytes, and nothing else passes for them", () => {
  const open = withFile(withFile(NO_OPEN_FILES, 1, { name: "/grid1/a", access: { read: true, write: false }, position: 7 }), 5, { name: "b", access: { read: true, write: true }, position: 0 });
  assert.equal(openFilesFrom(decodeRlp(encodeRlp(openFilesItem(open)))), open);
  const random = seeded(22);
  const bytes = encodeRlp(openFilesItem(open));
  for (let i = 0; i < 500; i++) {
    const damaged = bytes.slice();
    damaged[random(damaged.length)] = random(256);
    try {
      openFilesFrom(decodeRlp(damaged));
    } catch (error) {
      assert.ok(isFaultError(error), String(error));
    }
  }
});

test("a script reaches nothing outside of its directory", () => {
  const folder = mkdtempSync(join(tmpdir(), "grid-files-"));
  try {
    const inside = join(folder, "inside");
    mkdirSync(inside);
    writeFileSync(join(folder, "secret"), "s3cret");
    symlinkSync(join(folder, "secret"), join(inside, "link"));
    symlinkSync(folder, join(inside, "up"));
    symlinkSync("/nowhere", join(inside, "dangling"));
    writeFileSync(join(inside, "own"), "own");
    symlinkSync("own", join(inside, "alias"));
    const run = forth(workingDirectory(inside));
    run("create buffer 20 allot");
    for (const name of ["../secret", "/etc/passwd", "link", "up/secret", "up/new", "dangling", "a/../../secret", "..", "c:\\x"]) {
      assert.match(run(`s" ${name}" r/o open-file . drop`), /^-(69|38) $/, name);
      assert.match(run(`s" ${name}" w/o create-file . drop`), /^-(63|38) $/, name);
      assert.match(run(`s" ${name}" delete-file .`), /^-(64|38) $/, name);
      assert.match(run(`s" own" s" ${name}" rename-file .`), /^-(72|38) $/, name);
    }
    assert.is(run("s\" alias\" r/o open-file . buffer 20 rot read-file . buffer swap type"), "0 0 own");
    assert.is(run("s\" up/../secret\" w/o create-file . close-file ."), "0 0 ");
    assert.is(readFileSync(join(inside, "secret"), "utf8"), "", "names are taken apart before links are followed");
    assert.is(run("s\" .\" r/o open-file . drop"), "-69 ");
    assert.is(readFileSync(join(folder, "secret"), "utf8"), "s3cret");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();

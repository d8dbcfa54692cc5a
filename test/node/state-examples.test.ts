import { test } from "uvu";
import * as assert from "uvu/assert";
import { Machine } from "../../lang/machine/machine.ts";
import { HOST_WORDS } from "../../lang/primitives/host-words.ts";
import { playText } from "../../node/package/play-text.ts";
import { createLocalState } from "../../node/state/local-state.ts";
import { createRealmHost } from "../../node/state/realm-host.ts";

const EMPTY_PERSPECTIVE = "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421";

/** A machine on an empty local state; what its lines print, a fault as its code. */
function session(): (source: string) => string {
  const { realm, signer } = createLocalState();
  let printed = "";
  const host = createRealmHost({
    realm, signer, authority: { domain: signer, level: "owner" }, directory: { domain: signer, path: "/" }, height: 0n, identityText: "you (claimed: no key was proved)", showPlay: playText,
    write: (bytes) => { printed += Buffer.from(bytes).toString(); },
  });
  const machine = Machine.create({ host });
  return (source) => {
    printed = "";
    const result = machine.run(source, { mode: "shell", sourceName: "example", ergLimit: 10_000_000 });
    return result.kind === "fault" ? `${printed}! ${result.report.fault.code}` : printed;
  };
}

/** Calibration moves prices. */
const priceless = (text: string): string => text.replace(/^ERG \d+/gm, "ERG N");

for (const { word, access, example } of HOST_WORDS) {
  if (access === "thread") continue;
  test(`the example of ${word} prints what its help says`, () => {
    assert.is(priceless(session()(example.line)), priceless(example.prints.replace("PERSPECTIVE", EMPTY_PERSPECTIVE)));
  });
}

test("a line that fails leaves files and directory as they were, and the lines before it stand", () => {
  const run = session();
  assert.is(run("mkdir docs\n'docs' cdEx  'a' touchEx  'none/b' touchEx\ntouch never"), "! STATE_NO_SUCH_PATH");
  assert.is(run("pwd\nls\nls docs"), "~\ndocs/\n");
});

test("a faulting word that is caught has changed nothing", () => {
  const run = session();
  run("mkdir docs\ntouch docs/a");
  assert.is(run(": try 'docs' 0 rmEx ;  ' try catch 0= .\nls docs"), "0 a\n");
});

test.run();

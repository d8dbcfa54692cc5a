import { Machine } from "../../lang/machine/machine.ts";
import { playText } from "../../node/package/play-text.ts";
import type { Place } from "../../node/state/paths.ts";
import { createLocalState, type LocalState } from "../../node/state/local-state.ts";
import { createRealmHost, type RealmHost } from "../../node/state/realm-host.ts";
import { applyToState } from "../../node/state/realm-root.ts";
import { Realm } from "../../node/state/realm.ts";
import { renderFault } from "../../shell/render/report.ts";

/** Who acts in a world, by the name a transcript gives them. */
export const WHO: Readonly<Record<string, Uint8Array>> = {
  alice: new Uint8Array(20).fill(0xa1),
  bob: new Uint8Array(20).fill(0xb0),
  carol: new Uint8Array(20).fill(0xca),
};

interface Session {
  readonly machine: Machine;
  readonly host: RealmHost;
}

/** People who share one state, each with a machine of their own; every line commits nothing until `commit`. */
export class World {
  readonly state: LocalState = createLocalState();
  realm: Realm = this.state.realm;
  height = 0n;
  /** Price of the last line. */
  ergUsed = 0;
  #printed: Buffer[] = [];
  readonly #sessions = new Map<string, Session>();

  /** Runs a line as somebody, and gives what it prints, a fault as users read it. */
  run(who: string, line: string): string {
    this.#printed = [];
    const result = this.session(who).machine.run(line, { mode: "shell", sourceName: "prompt", ergLimit: 200_000_000 });
    this.ergUsed = result.ergUsed;
    const text = Buffer.concat(this.#printed).toString("utf8");
    return result.kind === "fault" ? `${text}${text === "" || text.endsWith("\n") ? "" : "\n"}${renderFault(result.report)}` : text;
  }

  session(who: string): Session {
    const known = this.#sessions.get(who);
    if (known !== undefined) return known;
    const signer = WHO[who] as Uint8Array;
    const session = this.#open(signer, { domain: signer, path: "/" });
    this.#sessions.set(who, session);
    return session;
  }

  #open(signer: Uint8Array, directory: Place): Session {
    const host = createRealmHost({
      realm: this.realm, signer, authority: { domain: signer, level: "owner" }, directory, height: this.height, identityText: "nobody", showPlay: playText,
      write: (bytes) => { this.#printed.push(Buffer.from(bytes)); },
    });
    return { machine: Machine.create({ host }), host };
  }

  /** Makes all that is pending a block; machines start anew, each in the directory it was in. */
  async commit(blocks = 1): Promise<void> {
    for (let i = 0; i < blocks; i++) {
      this.height++;
      const { root, operations } = applyToState(this.realm, this.height);
      await this.state.disk.batch(operations, { sync: true });
      this.realm = Realm.at(this.state.reader, { height: this.height, stateRoot: root });
    }
    for (const [who, { host }] of this.#sessions) this.#sessions.set(who, this.#open(WHO[who] as Uint8Array, host.directory));
  }
}

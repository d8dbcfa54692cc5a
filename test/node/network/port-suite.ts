import type { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Network } from "../../../node/ports.ts";

/** Some nodes of a network in which every node can reach every other, and nothing is lost. */
export interface NetworkBench {
  readonly nodes: readonly Network[];
  /** Resolves as the promise does; what moves the network along is done meanwhile. */
  during<T>(promise: Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

interface Heard {
  readonly topic: string;
  readonly message: Uint8Array;
  readonly peer: string;
}

/** Notes what a node hears under a topic. */
class Ear {
  readonly heard: Heard[] = [];
  readonly close: () => void;
  #wake: () => void = () => undefined;

  constructor(node: Network, topic: string) {
    this.close = node.onMessage(topic, (message, peer) => {
      this.heard.push({ topic, message: message.slice(), peer });
      this.#wake();
    });
  }

  async count(count: number): Promise<readonly Heard[]> {
    while (this.heard.length < count) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.heard;
  }
}

const text = (heard: readonly Heard[]): string[] => heard.map(({ message }) => new TextDecoder().decode(message)).sort();
const bytes = (message: string): Uint8Array => new TextEncoder().encode(message);

/** What the port `Network` promises; the simulated network and the real one both pass it. */
export function networkSuite(test: ReturnType<typeof suite>, start: (count: number) => Promise<NetworkBench>): void {
  async function withNodes(count: number, use: (bench: NetworkBench) => Promise<void>): Promise<void> {
    const bench = await start(count);
    try {
      await use(bench);
    } finally {
      await bench.stop();
    }
  }

  test("a broadcast reaches every peer and not its sender, and the name that comes with it reaches the sender", () => withNodes(3, async ({ nodes, during }) => {
    const [a, b, c] = nodes as [Network, Network, Network];
    const [atA, atB, atC] = [a, b, c].map((node) => new Ear(node, "t")) as [Ear, Ear, Ear];
    a.broadcast("t", bytes("to all"));
    const [fromA] = await during(atB.count(1));
    await during(atC.count(1));
    await during(b.send(fromA?.peer ?? "", "t", bytes("to you alone")));
    assert.equal(text(await during(atA.count(1))), ["to you alone"]);
    assert.equal([text(atB.heard), text(atC.heard)], [["to all"], ["to all"]]);
  }));

  test("topics do not mix, and a topic to which nobody listens is nothing", () => withNodes(2, async ({ nodes, during }) => {
    const [a, b] = nodes as [Network, Network];
    const [left, right] = [new Ear(b, "left"), new Ear(b, "right")];
    a.broadcast("neither", bytes("lost"));
    a.broadcast("left", bytes("l"));
    a.broadcast("right", bytes("r"));
    await during(left.count(1));
    await during(right.count(1));
    assert.equal([text(left.heard), text(right.heard)], [["l"], ["r"]]);
  }));

  test("messages arrive whole: none, one, and a megabyte of bytes", () => withNodes(2, async ({ nodes, during }) => {
    const [a, b] = nodes as [Network, Network];
    const ear = new Ear(b, "t");
    const sent = [0, 1, 1 << 20].map((size) => Uint8Array.from({ length: size }, (_, index) => index * 7));
    for (const message of sent) a.broadcast("t", message);
    const heard = [...(await during(ear.count(3)))].sort((one, other) => one.message.length - other.message.length);
    assert.equal(heard.map(({ message }) => message), sent);
  }));

  test("who closed his ear hears no more", () => withNodes(2, async ({ nodes, during }) => {
    const [a, b] = nodes as [Network, Network];
    const [closed, open] = [new Ear(b, "closed"), new Ear(b, "open")];
    closed.close();
    a.broadcast("closed", bytes("nobody there"));
    a.broadcast("open", bytes("after it"));
    await during(open.count(1));
    assert.equal(closed.heard, []);
  }));

  test("sending to somebody who is not there resolves and does nothing", () => withNodes(1, async ({ nodes, during }) => {
    await during((nodes[0] as Network).send("nobody", "t", bytes("hello")));
  }));
}

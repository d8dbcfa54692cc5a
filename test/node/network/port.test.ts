import { suite } from "uvu";
import { SimClock } from "../../sim/clock.ts";
import { SimNetwork } from "../../sim/network.ts";
import { SeededRandom } from "../../sim/random.ts";
import { startMesh, stopAll } from "./bench.ts";
import { networkSuite } from "./port-suite.ts";

// One suite for the port: the network of the simulation and the one of sockets.

const simulated = suite("the simulated network");
networkSuite(simulated, async (count) => {
  const clock = new SimClock();
  const network = new SimNetwork(clock, new SeededRandom(1), { leastMs: 1, mostMs: 100, lossPercent: 0, doublePercent: 0, damagePermille: 0 });
  return {
    nodes: Array.from({ length: count }, (_, index) => network.port(`node-${index}`)),
    async during(promise) {
      let isPending = true;
      const done = promise.finally(() => (isPending = false));
      while (isPending) await clock.advance(10);
      return done;
    },
    stop: async () => undefined,
  };
});
simulated.run();

const real = suite("the network of TCP links");
networkSuite(real, async (count) => {
  const nodes = await startMesh(count);
  return { nodes: nodes.map(({ network }) => network), during: (promise) => promise, stop: () => stopAll(nodes) };
});
real.run();

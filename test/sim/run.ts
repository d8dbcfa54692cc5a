import { parseArgs } from "node:util";
import { brokenInvariants } from "./invariants.ts";
import { World } from "./world.ts";

const USAGE = `usage: npm run sim -- [--seed N] [--seeds COUNT] [--nodes 5] [--minutes 10] [--nasty] [--log]

  --seed N      run this seed: the same events each time
  --seeds COUNT run so many seeds from N on
  --nodes N     nodes in the network (3 to 32)
  --minutes N   simulated minutes with everything going wrong; peace follows
  --nasty       links, clocks and leaders several times as bad
  --log         print what happened even when every invariant holds
`;

/** Simulates networks and checks every invariant of the ledger; a failure comes with its log of events. */
async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { seed: { type: "string" }, seeds: { type: "string" }, nodes: { type: "string" }, minutes: { type: "string" }, nasty: { type: "boolean" }, log: { type: "boolean" } } });
  const numbers = { seed: Number(values.seed ?? 1), seeds: Number(values.seeds ?? 1), nodes: Number(values.nodes ?? 5), minutes: Number(values.minutes ?? 10) };
  if (!Object.values(numbers).every((number) => Number.isInteger(number) && number > 0) || numbers.nodes < 3 || numbers.nodes > 32) {
    process.stderr.write(USAGE);
    return 2;
  }
  let failed = 0;
  for (let seed = numbers.seed; seed < numbers.seed + numbers.seeds; seed++) {
    const world = new World({ seed, nodes: numbers.nodes, minutes: numbers.minutes, isNasty: values.nasty === true });
    await world.run();
    const broken = await brokenInvariants(world);
    if (broken.length > 0 || values.log === true) process.stdout.write(`${world.events.join("\n")}\n`);
    process.stdout.write(`seed ${seed}: ${summaryOf(world)}${broken.length === 0 ? ", every invariant holds" : ""}\n`);
    for (const one of broken) process.stdout.write(`  broken: ${one}\n`);
    if (broken.length > 0) failed++;
  }
  return failed === 0 ? 0 : 1;
}

function summaryOf(world: World): string {
  const head = world.nodes[0]?.running?.chain.head();
  return `${world.nodes.length} nodes, ${head?.height ?? 0n} blocks, ${head?.keyHeight ?? 0n} of them key blocks, ${world.submitted.size} packages`;
}

process.exitCode = await main(process.argv.slice(2));

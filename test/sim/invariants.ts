import { equalBytes, toHex, utf8 } from "../../lang/base/bytes.ts";
import { totalsAt } from "../../node/explorer/index-plan.ts";
import type { Block, PackageResult } from "../../node/ledger/block.ts";
import { openChain } from "../../node/ledger/open-chain.ts";
import type { Disk } from "../../node/ports.ts";
import { RealmStates } from "../../node/ledger/realm-states.ts";
import { BaseState } from "../../node/state/base-state.ts";
import { decodeDomain } from "../../node/state/records-codec.ts";
import { NICKS_DOMAIN, readOwner } from "../../node/state/nicks.ts";
import type { Realm } from "../../node/state/realm.ts";
import { sacrificeOf, type Sacrifice } from "../../node/state/sacrifice.ts";
import { createStateReader } from "../../node/state/versioned.ts";
import { checkedDisk } from "../../node/store/checked-disk.ts";
import { SimDisk, SimFile } from "./disk.ts";
import { verifyToy } from "./keys.ts";
import { Model } from "./model.ts";
import type { SeededRandom } from "./random.ts";
import { TransferExecutor } from "./transfers.ts";
import type { World } from "./world.ts";
import type { Running, WorldNode } from "./world-node.ts";

/**
 * What must hold after every run, whatever happened in it: the invariants of the facts file. Each
 * returns what is wrong, in words; none means that it holds.
 */
export async function brokenInvariants(world: World): Promise<string[]> {
  const broken = [...oneTip(world), ...heavierSideWins(world), ...honestNeverEquivocate(world), ...progress(world)];
  const [first] = upright(world);
  if (first === undefined) return [...broken, "no node is left"];
  const blocks = mainChain(first.running);
  const model = new Model(world.params, world.genesis.allocations);
  for (const { id, block, results } of blocks) model.take(id, block, results);
  broken.push(...model.problems, ...supply(model, world), ...stateIsTheModels(world, first.running, model), ...paidWhenMature(first.running, model), ...everyPackageOnce(world, model), ...cheatersArePunished(world, model));
  broken.push(...(await freshSyncAgrees(world, first.running, blocks)));
  return broken;
}

/** Any arrival order gives the same tip and root; a healed partition agrees again. */
function oneTip(world: World): string[] {
  const heads = upright(world).map(({ node, running }) => ({ node, head: running.chain.head() }));
  const [first] = heads;
  return heads.filter(({ head }) => first !== undefined && !equalBytes(head.id, first.head.id))
    .map(({ node, head }) => `${node.name} ends at ${head.height} (key ${head.keyHeight}) and ${first?.node.name} at ${first?.head.height} (key ${first?.head.keyHeight})`);
}

/** No node ends on a chain lighter than any that an honest node ever had. */
function heavierSideWins(world: World): string[] {
  return upright(world).filter(({ running }) => running.chain.head().totalWork < world.heaviestWork).map(({ node }) => `${node.name} ends on a lighter chain than there was`);
}

/** Two headers of an honest key on one parent exist nowhere, kills or not. */
function honestNeverEquivocate(world: World): string[] {
  return [...world.twins].filter(([, name]) => world.node(name).isHonest).map(([parent, name]) => `${name} signed two blocks on ${parent.slice(0, 8)}`);
}

/** The chain grew, whoever was silent. */
function progress(world: World): string[] {
  const least = 3n;
  return upright(world).filter(({ running }) => running.chain.head().keyHeight < least).map(({ node }) => `${node.name} saw no progress`);
}

/** Supply = genesis + coinbases − locked − destroyed − burnt. */
function supply(model: Model, world: World): string[] {
  const genesis = world.genesis.allocations.reduce((sum, { units }) => sum + units, 0n);
  const held = [...model.balances.values()].reduce((sum, units) => sum + units, 0n);
  const burnt = [...model.burnt.values()].reduce((sum, units) => sum + units, 0n);
  const due = genesis + model.mintedUnits - model.lockedUnits - model.destroyedUnits - burnt;
  return held === due ? [] : [`the model holds ${held} units and should hold ${due}`];
}

/** Every balance and nonce is the model's, and nobody else has anything. */
function stateIsTheModels(_world: World, running: Running, model: Model): string[] {
  const { chain, states } = running;
  const broken: string[] = [];
  const sacrifices: Sacrifice[] = [];
  let count = 0;
  for (const [, value] of states.begin(chain.head()).realm.base.stateTrie().entries()) {
    const record = decodeDomain(value);
    if (record.balanceUnits > 0n) count++;
    if (record.sacrifice !== undefined) sacrifices.push(record.sacrifice);
  }
  const state = states.begin(chain.head());
  for (const [domain, units] of model.balances) {
    const address = Buffer.from(domain, "hex");
    if (state.balanceUnits(address) !== units) broken.push(`${domain} holds ${state.balanceUnits(address)} units, the model says ${units}`);
    if (state.nonceOf(address) !== (model.nonces.get(domain) ?? 0n)) broken.push(`${domain} has nonce ${state.nonceOf(address)}`);
  }
  broken.push(...sacrificesAreTheModels(state.realm, sacrifices, model, totalsAt(running.disk, chain.head().height)?.burntUnits));
  const rich = [...model.balances.values()].filter((units) => units > 0n).length;
  return count === rich ? broken : [...broken, `${count} domains hold coins, the model says ${rich}`];
}

/** What was burnt, used and named, domain by domain and nick by nick, and the explorer's sum of it. */
function sacrificesAreTheModels(realm: Realm, sacrifices: readonly Sacrifice[], { burnt, used, nicks }: Model, summedUnits: bigint | undefined): string[] {
  const broken: string[] = [];
  for (const [domain, burntUnits] of burnt) {
    const nick = [...nicks].find(([, owner]) => owner === domain)?.[0] ?? "";
    const [have, due] = [sacrificeOf(realm.domain(Buffer.from(domain, "hex"))), { burntUnits, usedUnits: used.get(domain) ?? 0n, nick }];
    if (have.burntUnits !== due.burntUnits || have.usedUnits !== due.usedUnits || have.nick !== due.nick) broken.push(`${domain} burnt ${have.burntUnits}, used ${have.usedUnits} as "${have.nick}"; the model says ${due.burntUnits}, ${due.usedUnits}, "${due.nick}"`);
  }
  const owners = new Map(realm.listStored(NICKS_DOMAIN, "/").map(([nick, owner]) => [nick, toHex(readOwner(owner))]));
  if (owners.size !== nicks.size || [...nicks].some(([nick, owner]) => owners.get(nick) !== owner)) broken.push(`the nicks are ${[...owners.keys()].join(" ")}, the model says ${[...nicks.keys()].join(" ")}`);
  const [sum, due] = [sacrifices.reduce((units, { burntUnits }) => units + burntUnits, 0n), [...burnt.values()].reduce((units, one) => units + one, 0n)];
  return sum === due && summedUnits === due ? broken : [...broken, `${sum} units are burnt and ${summedUnits} summed, the model says ${due}`];
}

/** Nothing is paid before its maturity: at every height the sum of all payments is the model's, which pays on the day. */
function paidWhenMature({ disk }: Running, model: Model): string[] {
  const early = model.paidAt.findIndex((units, height) => totalsAt(disk, BigInt(height))?.paidUnits !== units);
  return early < 0 ? [] : [`at height ${early} ${totalsAt(disk, BigInt(early))?.paidUnits} units were paid, the model says ${model.paidAt[early]}`];
}

/** Keys and values of the explorer's index, as one text. */
async function indexOf(disk: Disk): Promise<string> {
  const lines: string[] = [];
  for await (const [key, value] of disk.entries({ start: utf8("x/"), end: utf8("x0") })) lines.push(`${toHex(key)} ${toHex(value)}`);
  return lines.join("\n");
}

/** No package is lost and none applied twice: each has its one receipt in the end. */
function everyPackageOnce(world: World, model: Model): string[] {
  const lost = [...world.submitted.keys()].filter((id) => !model.included.has(id));
  const strange = [...model.included.keys()].filter((id) => !world.submitted.has(id));
  return [...(lost.length > 0 ? [`${lost.length} of ${world.submitted.size} packages have no receipt`] : []), ...strange.map((id) => `package ${id} was never submitted`)];
}

/**
 * Each fraud that an honest node ever had both halves or a proof of is punished, once (the model saw to that), and
 * nobody honest is. Who alone had a half may have died with it.
 */
function cheatersArePunished(world: World, model: Model): string[] {
  const honest = new Set(world.nodes.filter((node) => node.isHonest).map(({ key }) => toHex(key.domain)));
  const wronged = model.epochs.filter((epoch) => epoch.reporter !== undefined && honest.has(epoch.leader));
  const free = [...world.seenFrauds].filter((keyBlockId) => {
    const epoch = model.epochs.find((one) => one.keyBlockId === keyBlockId);
    return epoch !== undefined && epoch.reporter === undefined;
  });
  return [...wronged.map(({ leader }) => `${leader} is punished and did nothing`), ...free.map((id) => `the fraud in epoch ${id.slice(0, 8)} is not punished`)];
}

/** Reorganised or not, the state is that of a node which takes the final chain in any order. */
async function freshSyncAgrees(world: World, running: Running, blocks: readonly ChainBlock[]): Promise<string[]> {
  const disk = checkedDisk(new SimDisk(), "fresh");
  const states = new RealmStates(disk, createStateReader(disk, { cacheBytes: 1 << 20, folder: "fresh" }), world.params.historyBlocks);
  const rule = { verify: verifyToy, isUsableKey: () => true };
  const ports = { clock: world.clock, disk, marker: new SimFile() };
  const fresh = await openChain({ genesis: world.genesis, ports, states, executor: new TransferExecutor(), rule, folder: "fresh", params: world.params });
  for (const block of shuffledNearby(blocks.map(({ block: one }) => one), world.random)) await submitInOrder(fresh, block);
  const want = running.chain.head();
  if (!equalBytes(fresh.head().stateRoot, want.stateRoot)) return [`a fresh node ends at ${fresh.head().height} with another root than ${want.height}`];
  const index = await indexOf(running.disk);
  if (index !== (await indexOf(disk))) return ["the explorer's index of a fresh node is another one"];
  const reader = createStateReader(disk, { cacheBytes: 0, folder: "fresh" });
  return equalBytes(new BaseState(reader, fresh.head()).stateTrie().root(), want.stateRoot) ? [] : ["the stored trie of a fresh node has another root"];
}

const waiting = new WeakMap<object, Block[]>();

/** Submits a block, and those that came before their parents when it is in. */
async function submitInOrder(chain: Running["chain"], block: Block): Promise<void> {
  const orphans = waiting.get(chain) ?? [];
  waiting.set(chain, orphans);
  if ((await chain.submit(block)).kind === "orphan") return void orphans.push(block);
  for (let again = true; again; ) {
    again = false;
    for (const orphan of orphans.splice(0)) {
      if ((await chain.submit(orphan)).kind === "orphan") orphans.push(orphan);
      else again = true;
    }
  }
}

function shuffledNearby(blocks: readonly Block[], random: SeededRandom): Block[] {
  const out = [...blocks];
  for (let i = 0; i + 4 < out.length; i++) {
    const j = i + random.below(4);
    [out[i], out[j]] = [out[j] as Block, out[i] as Block];
  }
  return out;
}

interface ChainBlock {
  readonly id: string;
  readonly block: Block;
  readonly results: readonly PackageResult[];
}

function mainChain({ chain }: Running): ChainBlock[] {
  const { store } = chain.machine;
  const blocks: ChainBlock[] = [];
  for (let height = 1n; height <= chain.head().height; height++) {
    const id = store.idAt(height);
    const entry = id === undefined ? undefined : store.entry(id);
    const block = entry === undefined ? undefined : store.block(entry);
    if (id === undefined || block === undefined) throw new Error(`no block at ${height}`);
    blocks.push({ id: toHex(id), block, results: store.executed(id)?.results ?? [] });
  }
  return blocks;
}

function upright(world: World): { readonly node: WorldNode; readonly running: Running }[] {
  return world.nodes.flatMap((node) => (node.isHonest && node.running !== undefined ? [{ node, running: node.running }] : []));
}

import { equalBytes, toHex } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import type { LedgerFault, StoreFault } from "../fault.ts";
import { Chain } from "./chain.ts";
import { genesisEntry } from "./chain-view.ts";
import { planBlock, planChainId, planConnect } from "./chain-plans.ts";
import { ChainStore } from "./chain-store.ts";
import { checkStored, type CheckedChain } from "./check-stored.ts";
import { Docket } from "./docket.ts";
import type { BlockState, Executor, StateStore } from "./executor.ts";
import { chainIdOf, paramsOfGenesis, type Genesis } from "./genesis.ts";
import { encodeHeadMark } from "./head-marker.ts";
import type { ChainPorts } from "./head-writer.ts";
import type { LedgerParams } from "./params.ts";
import type { LedgerMachine, SignatureRule } from "./run-block.ts";

export interface ChainOptions<S extends BlockState> {
  readonly genesis: Genesis;
  readonly ports: ChainPorts;
  readonly states: StateStore<S>;
  readonly executor: Executor<S>;
  readonly rule: SignatureRule;
  /** Named in faults. */
  readonly folder: string;
  /** Those of the genesis unless a test, or how much history this node keeps, says otherwise. */
  readonly params?: LedgerParams;
}

/**
 * Opens the chain in a store, or begins it at the genesis in an empty one. What is stored is checked
 * first: nothing runs on a damaged store, and nothing is cut off to make it look sound.
 * Faults: LEDGER_OTHER_GENESIS, STORE_DAMAGED.
 */
export async function openChain<S extends BlockState>(options: ChainOptions<S>): Promise<Chain<S>> {
  const params = options.params ?? paramsOfGenesis(options.genesis);
  const store = new ChainStore(options.ports.disk, params, options.folder);
  const machine: LedgerMachine<S> = { params, chainId: chainIdOf(options.genesis), store, states: options.states, executor: options.executor, rule: options.rule };
  const start = isNew(store, options) ? await beginChain(options, machine) : checkStored(machine, options.ports.marker.read());
  const chain = new Chain(start, machine, options.ports, await Docket.open(options.ports.disk, params));
  await chain.chooseHeaviest();
  return chain;
}

function isNew<S extends BlockState>(store: ChainStore, options: ChainOptions<S>): boolean {
  const stored = store.chainId();
  if (stored === undefined) {
    // The first batch holds the chain id, so a marker without one means that the batch got lost.
    if (options.ports.marker.read() !== undefined) throw damaged(options.folder, "the chain id");
    return true;
  }
  const wanted = chainIdOf(options.genesis);
  if (!equalBytes(stored, wanted)) throw new FaultError<LedgerFault>({ code: "LEDGER_OTHER_GENESIS", found: toHex(stored), wanted: toHex(wanted) });
  return false;
}

/** Writes the first balances and the entry at height 0. */
async function beginChain<S extends BlockState>(options: ChainOptions<S>, machine: LedgerMachine<S>): Promise<CheckedChain> {
  const state = machine.states.begin(undefined);
  for (const { domain, units } of options.genesis.allocations) state.credit(domain, units);
  const { stateRoot, operations } = state.finish(0n);
  const entry = genesisEntry({ chainId: machine.chainId, timeMs: options.genesis.timeMs, stateRoot });
  await options.ports.disk.batch([
    planChainId(machine.chainId), ...planBlock(entry, undefined), ...planConnect(entry, { epochFeesUnits: 0n, results: [] }), ...operations,
  ], { sync: true });
  // Height 0 was read as empty a moment ago.
  machine.states.forget();
  const place = { height: 0n, blockId: entry.id };
  await options.ports.marker.write(encodeHeadMark({ ...place, checked: place }));
  return { head: entry, checked: place };
}

function damaged(folder: string, what: string): FaultError<StoreFault> {
  return new FaultError<StoreFault>({ code: "STORE_DAMAGED", folder, what });
}

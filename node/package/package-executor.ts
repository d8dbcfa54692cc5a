import { assert } from "../../lang/base/assert.ts";
import type { PackageFault } from "../fault.ts";
import { decodeResult } from "../ledger/block-codec.ts";
import type { Batch, BatchOutcome, BatchVerdict, BlockContext, ExecutionVerdict, Executor, PackageFacts } from "../ledger/executor.ts";
import { rulesVersionAt, type LedgerParams } from "../ledger/params.ts";
import type { RealmState } from "../ledger/realm-states.ts";
import { BASE_MISSING, type BlockJob, type BlockReply, type PackageJob, type PackageReply, type VerifyJob, type VerifyReply } from "../machines/jobs.ts";
import { packList, transferOf, unpackList } from "../machines/packed.ts";
import type { WorkerHandle, WorkerPool } from "../machines/pool.ts";
import { encodeRealm, decodeRealm } from "../state/realm-codec.ts";
import type { StateReader } from "../state/versioned.ts";
import { packed } from "../store/packed-operations.ts";
import { bodyBytesOf, decodeSignedPackage, packageId } from "./body-codec.ts";
import { checkFee, checkKeys, checkTerms } from "./check-package.ts";
import { checkIntrinsic, flatErg, readPrograms } from "./execute.ts";
import { verifyPackageSignatures } from "./signing.ts";

export interface PackageExecutorParts {
  /** A pool of its own, so that no program of a user makes a block wait. */
  readonly pool: WorkerPool;
  /** Workers that may each check signatures while one of them runs the block. With less than two, blocks run package by package. */
  readonly verifiers?: number;
  readonly reader: StateReader;
  readonly params: LedgerParams;
  readonly chainId: Uint8Array;
}

/** Some 10 ms of one worker. */
const VERIFY_PIECE = 128;

/**
 * The ledger's executor over workers: a package runs off the main loop, on the block's realm as it
 * stands, and what it changed comes back as a layer.
 */
export class PackageExecutor implements Executor<RealmState> {
  readonly #parts: PackageExecutorParts;
  readonly #blocks = new WeakMap<RealmState, { readonly key: string; version: number }>();
  #nextBlock = 0;
  readonly runBatch?: (batch: Batch) => Promise<BatchOutcome>;

  constructor(parts: PackageExecutorParts) {
    this.#parts = parts;
    if ((parts.verifiers ?? 0) > 0) this.runBatch = (batch) => this.#runBatch(batch);
  }

  async #runBatch(batch: Batch): Promise<BatchOutcome> {
    const { fill } = batch;
    const [reply, forged] = await Promise.all([this.#runBlock(batch), fill === undefined ? this.#firstForged(batch.packages) : undefined]);
    const encodedResults = unpackList(reply.results);
    let taken = 0;
    const verdicts = reply.verdicts.map((verdict): BatchVerdict => (verdict === "executed" ? { kind: "executed", result: decodeResult(encodedResults[taken++] as Uint8Array) } : verdict));
    const outcome = { verdicts, encodedResults, stateRoot: reply.stateRoot, operations: [packed(reply.operations)] };
    if (forged === undefined) return outcome;
    return { ...outcome, verdicts: [...verdicts.slice(0, forged.index), { kind: "refused", fault: forged.fault }] };
  }

  /** Nobody waits for the base to be written, but where another worker ran it. */
  async #runBlock(batch: Batch): Promise<BlockReply> {
    const reply = await this.#blockJob(batch, batch.unwritten !== undefined);
    if (reply !== BASE_MISSING) return reply;
    await batch.unwritten;
    const again = await this.#blockJob(batch, false);
    assert(again !== BASE_MISSING, "a written base is there for every worker");
    return again;
  }

  #blockJob({ context, base, fill, packages: list }: Batch, ahead: boolean): Promise<BlockReply | typeof BASE_MISSING> {
    const packages = packList(list);
    const body: BlockJob = { kind: "block", base: { height: base.height, stateRoot: base.stateRoot }, ahead, packages, context, fill };
    return this.#parts.pool.run({ identity: "ledger", affinity: "blocks", message: () => ({ body, transfer: transferOf(packages) }) }) as Promise<BlockReply | typeof BASE_MISSING>;
  }

  /** Pieces are small, so that a worker which is done takes over what the others have not begun. */
  async #firstForged(packages: readonly Uint8Array[]): Promise<VerifyReply["forged"]> {
    const pieces: Promise<VerifyReply["forged"]>[] = [];
    for (let at = 0; at < packages.length; at += VERIFY_PIECE) {
      const piece = packList(packages.slice(at, at + VERIFY_PIECE));
      const message = (): { readonly body: VerifyJob; readonly transfer: ArrayBuffer[] } => ({ body: { kind: "verify", packages: piece }, transfer: transferOf(piece) });
      pieces.push(this.#parts.pool.run({ identity: "ledger", message }).then((reply) => {
        const { forged } = reply as VerifyReply;
        return forged === undefined ? undefined : { ...forged, index: at + forged.index };
      }));
    }
    return (await Promise.all(pieces)).find((forged) => forged !== undefined);
  }

  async execute(signedPackage: Uint8Array, context: BlockContext, state: RealmState): Promise<ExecutionVerdict> {
    const block = this.#blockOf(state);
    const { version } = block;
    const message = (worker: WorkerHandle): { readonly body: PackageJob } => {
      const held = worker.memory.get(block.key) === version;
      worker.memory.clear();
      worker.memory.set(block.key, version + 1);
      return { body: { kind: "package", block: { key: block.key, version, ...(held ? {} : { realm: encodeRealm(state.realm) }) }, signedPackage, context } };
    };
    const reply = (await this.#parts.pool.run({ identity: "ledger", message })) as PackageReply;
    block.version += 1;
    if (reply.trace !== undefined) state.trace.add(reply.trace);
    if (reply.verdict.kind === "executed") state.realm.add(decodeRealm(reply.realm, this.#parts.reader).pending());
    return reply.verdict;
  }

  objection(signedPackage: Uint8Array, height: bigint, state: RealmState): PackageFault | undefined {
    const { params, chainId } = this.#parts;
    const signed = decodeSignedPackage(signedPackage);
    const context = { height, timeMs: 0n, rulesVersion: rulesVersionAt(params, height), chainId, leaderDomain: new Uint8Array(20) };
    const domain = (address: Uint8Array): ReturnType<typeof state.realm.domain> => state.realm.domain(address);
    const programs = readPrograms(signed.body);
    return checkTerms(signed.body, context, params) ?? checkKeys(signed.body, domain, height) ?? checkFee(signed.body, domain)
      ?? checkIntrinsic(signed.body, signedPackage.length) ?? ("code" in programs ? programs : undefined) ?? verifyPackageSignatures(signed);
  }

  idOf(signedPackage: Uint8Array): Uint8Array {
    return packageId(bodyBytesOf(signedPackage));
  }

  facts(signedPackage: Uint8Array): PackageFacts {
    const { body, bodyBytes } = decodeSignedPackage(signedPackage);
    const { domain, nonce, ergPriceUnits, ergLimit, expiryHeight } = body;
    return { packageId: packageId(bodyBytes), domain, nonce, ergPriceUnits, ergLimit, codeErgLimit: ergLimit - flatErg(body, signedPackage.length), expiryHeight };
  }

  #blockOf(state: RealmState): { readonly key: string; version: number } {
    let block = this.#blocks.get(state);
    if (block === undefined) this.#blocks.set(state, (block = { key: `block ${this.#nextBlock++}`, version: 0 }));
    return block;
  }
}

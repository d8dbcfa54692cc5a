import { FaultError } from "../../lang/base/fault.ts";
import { decodeRlp, encodeRlp, malformed, type RlpItem } from "../../lang/base/rlp.ts";
import { bytesField, listField, numberField, numberItem, smallField, textField, textItem } from "../../lang/base/rlp-fields.ts";
import { eventItems, eventsOf, type ChainFacts, type Draft, type DraftSigner, type HeadView, type IntentProgress, type LineOutcome, type LoginAnswer, type Receipt, type ReceiptOutcome, type ReceiptStage, type SignatureAnswer, type SourceMode } from "../../node/api.ts";
import type { ShellFault } from "../fault.ts";
import { decodePlainRecord, encodePlain } from "./plain-data.ts";
import { RPC_VERSION } from "./rpc-frames.ts";

/**
 * What `grid` asks a node. One list for each message: version, number of the request, number of its kind, fields.
 * Kind numbers are public and never reused.
 */
export type RpcRequest =
  | { readonly kind: "status" }
  | { readonly kind: "fetchIntent"; readonly intentId: Uint8Array; readonly publicKey: Uint8Array }
  | { readonly kind: "answerIntent"; readonly intentId: Uint8Array; readonly answer: SignatureAnswer }
  | { readonly kind: "submit"; readonly signedPackage: Uint8Array }
  | { readonly kind: "receipt"; readonly packageId: Uint8Array }
  | { readonly kind: "untilReceipt"; readonly packageId: Uint8Array; readonly stage: ReceiptStage }
  /** In a thread of this connection, for the key that logged in. */
  | { readonly kind: "run"; readonly source: string; readonly sourceName: string; readonly mode: SourceMode }
  | { readonly kind: "draft"; readonly signer: DraftSigner }
  | { readonly kind: "committed" }
  | { readonly kind: "faucet" }
  /** For the run that said it waits. Answered at once; no bytes are the end of input. */
  | { readonly kind: "input"; readonly bytes: Uint8Array }
  | { readonly kind: "answerLogin"; readonly intentId: Uint8Array; readonly answer: LoginAnswer };
export type RpcKind = RpcRequest["kind"];

export interface RpcStatus extends ChainFacts {
  readonly head: HeadView;
}
/** A draft as it travels: a signer decodes the bytes itself and believes nothing else. */
export type RemoteDraft = Pick<Draft, "packageId" | "bodyBytes" | "effectBytes" | "excerptBytes" | "ergUsed" | "warnings">;
export type RpcReceipt = { readonly receipt: Receipt; readonly stage: ReceiptStage };
export interface RpcReplies {
  readonly status: RpcStatus;
  readonly fetchIntent: RemoteDraft;
  readonly answerIntent: IntentProgress;
  readonly submit: { readonly packageId: Uint8Array };
  readonly receipt: RpcReceipt | undefined;
  readonly untilReceipt: Receipt;
  readonly run: LineOutcome;
  readonly draft: RemoteDraft;
  readonly committed: undefined;
  readonly faucet: { readonly amountUnits: bigint; readonly receipt: Receipt };
  readonly input: undefined;
  readonly answerLogin: undefined;
}

const KINDS: readonly RpcKind[] = ["status", "fetchIntent", "answerIntent", "submit", "receipt", "untilReceipt", "run", "draft", "committed", "faucet", "input", "answerLogin"];
const STAGES: readonly ReceiptStage[] = ["included", "settled", "final"];
const SCHEMES = ["raw", "sshsig"] as const;
const MODES = ["shell", "forth"] as const;
const PRESETS = ["devnet", "testnet", "mainnet"] as const;
const OUTCOMES: readonly ReceiptOutcome["kind"][] = ["done", "state-moved", "denied", "failed", "out-of-erg"];
const NONE = new Uint8Array(0);
const MAX_ID = 2 ** 32;
const MAX_NAME_BYTES = 4_096;
const MAX_WARNINGS = 100;

/** What comes back: the reply, a fault, a piece of output of a `run` that goes on, or that it waits for input. */
export type RpcAnswer =
  | { readonly kind: "reply"; readonly fields: readonly RlpItem[] }
  | { readonly kind: "fault"; readonly fault: { readonly code: string } }
  | { readonly kind: "output"; readonly bytes: Uint8Array }
  | { readonly kind: "waiting" };
const ANSWERS: readonly RpcAnswer["kind"][] = ["reply", "fault", "output", "waiting"];

/** `id` comes back in the answer. */
export function encodeRequest(id: number, request: RpcRequest): Uint8Array {
  return encodeRlp([numberItem(RPC_VERSION), numberItem(id), numberItem(KINDS.indexOf(request.kind) + 1), requestFields(request)]);
}

/** Faults: CODEC_MALFORMED, RPC_VERSION. */
export function decodeRequest(message: Uint8Array): { readonly id: number; readonly request: RpcRequest } {
  const [version, id, kind, fields] = listField(decodeRlp(message), "request", 4);
  checkVersion(version);
  const name = nth(KINDS, smallField(kind, "kind", KINDS.length) - 1, "kind");
  return { id: smallField(id, "id", MAX_ID), request: requestOf(name, listField(fields, "fields")) };
}

/** The answer to the request of that id. */
export function encodeAnswer(id: number, answer: RpcAnswer): Uint8Array {
  return encodeRlp([numberItem(RPC_VERSION), numberItem(id), numberItem(ANSWERS.indexOf(answer.kind) + 1), answerContent(answer)]);
}

function answerContent(answer: RpcAnswer): RlpItem {
  switch (answer.kind) {
    case "reply": return answer.fields;
    case "fault": return encodePlain(answer.fault);
    case "output": return answer.bytes;
    case "waiting": return [];
  }
}

/** Faults: CODEC_MALFORMED, RPC_VERSION. */
export function decodeAnswer(message: Uint8Array): { readonly id: number; readonly answer: RpcAnswer } {
  const [version, idItem, kind, content] = listField(decodeRlp(message), "answer", 4);
  checkVersion(version);
  const id = smallField(idItem, "id", MAX_ID);
  switch (nth(ANSWERS, smallField(kind, "kind", ANSWERS.length) - 1, "kind")) {
    case "reply": return { id, answer: { kind: "reply", fields: listField(content, "reply") } };
    case "output": return { id, answer: { kind: "output", bytes: bytesField(content, "output", []) } };
    case "waiting": return { id, answer: { kind: "waiting" } };
    case "fault": {
      const fault = decodePlainRecord(content);
      if (typeof fault["code"] !== "string") malformed("fault without a code");
      return { id, answer: { kind: "fault", fault: fault as { readonly code: string } } };
    }
  }
}

function requestFields(request: RpcRequest): readonly RlpItem[] {
  switch (request.kind) {
    case "status": case "committed": case "faucet": return [];
    case "fetchIntent": return [request.intentId, request.publicKey];
    case "answerIntent": {
      const { packageId, publicKey, scheme, signature } = request.answer;
      return [request.intentId, packageId, publicKey, textItem(scheme), signature];
    }
    case "answerLogin": return [request.intentId, request.answer.publicKey, textItem(request.answer.scheme), request.answer.signature];
    case "submit": return [request.signedPackage];
    case "receipt": return [request.packageId];
    case "untilReceipt": return [request.packageId, textItem(request.stage)];
    case "run": return [textItem(request.source), textItem(request.sourceName), textItem(request.mode)];
    case "draft": return [request.signer.publicKey, request.signer.domain ?? NONE, textItem(request.signer.payer ?? "")];
    case "input": return [request.bytes];
  }
}

function requestOf(kind: RpcKind, fields: readonly RlpItem[]): RpcRequest {
  const exactly = (count: number): readonly RlpItem[] => listField(fields, kind, count);
  switch (kind) {
    case "status": case "committed": case "faucet": exactly(0); return { kind };
    case "fetchIntent": {
      const [intentId, publicKey] = exactly(2);
      return { kind, intentId: bytesField(intentId, "intent id", [], 64), publicKey: bytesField(publicKey, "public key", [32]) };
    }
    case "answerIntent": {
      const [intentId, packageId, publicKey, scheme, signature] = exactly(5);
      const answer = { packageId: bytesField(packageId, "package id", [32]), publicKey: bytesField(publicKey, "public key", [32]), scheme: oneOf(SCHEMES, scheme, "scheme"), signature: bytesField(signature, "signature", [64]) };
      return { kind, intentId: bytesField(intentId, "intent id", [], 64), answer };
    }
    case "answerLogin": {
      const [intentId, publicKey, scheme, signature] = exactly(4);
      const answer = { publicKey: bytesField(publicKey, "public key", [32]), scheme: oneOf(SCHEMES, scheme, "scheme"), signature: bytesField(signature, "signature", [64]) };
      return { kind, intentId: bytesField(intentId, "intent id", [], 64), answer };
    }
    case "submit": return { kind, signedPackage: bytesField(exactly(1)[0], "package", []) };
    case "receipt": return { kind, packageId: bytesField(exactly(1)[0], "package id", [32]) };
    case "untilReceipt": {
      const [packageId, stage] = exactly(2);
      return { kind, packageId: bytesField(packageId, "package id", [32]), stage: oneOf(STAGES, stage, "stage") };
    }
    case "run": {
      const [source, sourceName, mode] = exactly(3);
      return { kind, source: textField(source, "source", Infinity), sourceName: textField(sourceName, "source name", MAX_NAME_BYTES), mode: oneOf(MODES, mode, "mode") };
    }
    case "draft": {
      const [publicKey, domainItem, payerItem] = exactly(3);
      const [domain, payer] = [bytesField(domainItem, "domain", [0, 20]), textField(payerItem, "payer", MAX_NAME_BYTES)];
      return { kind, signer: { publicKey: bytesField(publicKey, "public key", [32]), ...(domain.length > 0 && { domain }), ...(payer.length > 0 && { payer }) } };
    }
    case "input": return { kind, bytes: bytesField(exactly(1)[0], "input", []) };
  }
}

export function encodeReply<K extends RpcKind>(kind: K, reply: RpcReplies[K]): readonly RlpItem[];
export function encodeReply(...[kind, reply]: { [K in RpcKind]: [K, RpcReplies[K]] }[RpcKind]): readonly RlpItem[] {
  switch (kind) {
    case "status": return [textItem(reply.preset), reply.chainId, numberItem(reply.head.height), reply.head.stateRoot, reply.head.blockId];
    case "fetchIntent": case "draft":
      return [reply.packageId, reply.bodyBytes, reply.effectBytes, reply.excerptBytes, numberItem(reply.ergUsed), reply.warnings.map(textItem)];
    case "answerIntent": return [reply.packageId, numberItem(reply.missing)];
    case "submit": return [reply.packageId];
    case "receipt": return reply === undefined ? [] : [receiptItem(reply.receipt), textItem(reply.stage)];
    case "untilReceipt": return [receiptItem(reply)];
    case "run": return [encodePlain(reply)];
    case "committed": case "input": case "answerLogin": return [];
    case "faucet": return [numberItem(reply.amountUnits), receiptItem(reply.receipt)];
  }
}

/** Fault: CODEC_MALFORMED. */
export function decodeReply<K extends RpcKind>(kind: K, fields: readonly RlpItem[]): RpcReplies[K] {
  return decoders[kind](fields) as RpcReplies[K];
}

const decoders: { readonly [K in RpcKind]: (fields: readonly RlpItem[]) => RpcReplies[K] } = {
  status: (fields) => {
    const [preset, chainId, height, stateRoot, blockId] = listField(fields, "status", 5);
    const head = { height: numberField(height, "height", 64), stateRoot: bytesField(stateRoot, "root", [32]), blockId: bytesField(blockId, "block id", [32]) };
    return { preset: oneOf(PRESETS, preset, "preset"), chainId: bytesField(chainId, "chain id", [32]), head };
  },
  fetchIntent: draftOf,
  draft: draftOf,
  answerIntent: (fields) => {
    const [packageId, missing] = listField(fields, "progress", 2);
    return { packageId: bytesField(packageId, "package id", [32]), missing: smallField(missing, "missing", MAX_WARNINGS) };
  },
  submit: packageIdOf,
  receipt: (fields) => {
    if (fields.length === 0) return undefined;
    const [receipt, stage] = listField(fields, "receipt", 2);
    return { receipt: receiptOf(receipt), stage: oneOf(STAGES, stage, "stage") };
  },
  untilReceipt: (fields) => receiptOf(listField(fields, "receipt", 1)[0]),
  run: (fields) => outcomeOf(decodePlainRecord(listField(fields, "outcome", 1)[0])),
  committed: (fields) => void listField(fields, "committed", 0),
  input: (fields) => void listField(fields, "input", 0),
  answerLogin: (fields) => void listField(fields, "answered", 0),
  faucet: (fields) => {
    const [amount, receipt] = listField(fields, "faucet", 2);
    return { amountUnits: numberField(amount, "amount", 256), receipt: receiptOf(receipt) };
  },
};

function draftOf(fields: readonly RlpItem[]): RemoteDraft {
  const [packageId, bodyBytes, effectBytes, excerptBytes, ergUsed, warnings] = listField(fields, "draft", 6);
  const texts = listField(warnings, "warnings");
  if (texts.length > MAX_WARNINGS) malformed("too many warnings");
  return {
    packageId: bytesField(packageId, "package id", [32]),
    bodyBytes: bytesField(bodyBytes, "body", []),
    effectBytes: bytesField(effectBytes, "effect", []),
    excerptBytes: bytesField(excerptBytes, "excerpt", []),
    ergUsed: numberField(ergUsed, "ERG", 64),
    warnings: texts.map((text) => textField(text, "warning", MAX_NAME_BYTES)),
  };
}

function packageIdOf(fields: readonly RlpItem[]): { readonly packageId: Uint8Array } {
  return { packageId: bytesField(listField(fields, "package id", 1)[0], "package id", [32]) };
}

function receiptItem(receipt: Receipt): RlpItem {
  const { packageId, blockId, height, index, outcome, ergUsed, feeUnits, stateRoot } = receipt;
  const faultCode = "faultCode" in outcome ? outcome.faultCode : "";
  return [packageId, blockId, numberItem(height), numberItem(index), textItem(outcome.kind), textItem(faultCode), numberItem(ergUsed), numberItem(feeUnits), stateRoot, eventItems(receipt.events)];
}

function receiptOf(item: RlpItem | undefined): Receipt {
  const [packageId, blockId, height, index, kind, faultCode, ergUsed, feeUnits, stateRoot, events] = listField(item, "receipt", 10);
  const outcome = oneOf(OUTCOMES, kind, "outcome");
  const code = textField(faultCode, "fault code", 64);
  return {
    packageId: bytesField(packageId, "package id", [32]),
    blockId: bytesField(blockId, "block id", [32]),
    height: numberField(height, "height", 64),
    index: smallField(index, "index", MAX_ID),
    outcome: outcome === "denied" || outcome === "failed" ? { kind: outcome, faultCode: code } : { kind: outcome },
    ergUsed: numberField(ergUsed, "ERG", 64),
    feeUnits: numberField(feeUnits, "fee", 256),
    stateRoot: bytesField(stateRoot, "root", [32]),
    ...eventsOf(events),
  };
}

const OUTCOME_KINDS: readonly LineOutcome["kind"][] = ["done", "fault", "outside", "exit"];

/** The kind is checked; the rest comes from a node that already ran the line, and is only shown. */
function outcomeOf(record: { readonly [key: string]: unknown }): LineOutcome {
  if (!OUTCOME_KINDS.some((kind) => kind === record["kind"])) malformed("outcome: kind");
  return record as unknown as LineOutcome;
}

function oneOf<T extends string>(choices: readonly T[], item: RlpItem | undefined, name: string): T {
  const text = textField(item, name, 64);
  return choices.find((choice) => choice === text) ?? malformed(`${name}: unknown`);
}

function nth<T>(choices: readonly T[], index: number, name: string): T {
  return choices[index] ?? malformed(`${name}: unknown`);
}

function checkVersion(item: RlpItem | undefined): void {
  const found = smallField(item, "version", 255);
  if (found !== RPC_VERSION) throw new FaultError<ShellFault>({ code: "RPC_VERSION", found, known: RPC_VERSION });
}

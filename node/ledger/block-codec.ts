import { concatBytes } from "../../lang/base/bytes.ts";
import { unreachable } from "../../lang/base/assert.ts";
import { sha256 } from "../../lang/base/hash.ts";
import { decodeRlp, encodeRlp, fleetingRlp, malformed, type RlpItem, type RlpValue } from "../../lang/base/rlp.ts";
import { bytesField, listField, numberField, smallField, textField, textItem } from "../../lang/base/rlp-fields.ts";
import { EVENT_LIMITS, LIMITS } from "../state/limits.ts";
import type { Block, PackageResult, ProgramEvent, ReceiptOutcome } from "./block.ts";
import { decodeEvidence, encodeEvidence, evidenceBytes } from "./fraud-codec.ts";
import { decodeHeader, encodeHeader, MAX_HEADER_BYTES } from "./header-codec.ts";
import type { LedgerParams } from "./params.ts";

/**
 * Bytes of blocks and results: canonical RLP, one form for each value. A decoder knows the
 * greatest size before it allocates. Faults of all decoders: CODEC_MALFORMED.
 */

/** Lengths in front of an event and of its fields, and its domain. */
const EVENT_OVERHEAD = 40;
/** `allBytes` counts path, topic and data of all events. */
const MAX_RESULT_BYTES = 256 + EVENT_LIMITS.allBytes + EVENT_LIMITS.count * EVENT_OVERHEAD;
/** A block as it travels and as it is stored: [header, evidence] or [header, packages]. */
export function encodeBlock(block: Block): Uint8Array {
  const header = encodeHeader(block.header);
  return encodeRlp([header, "packages" in block ? block.packages : block.evidence.map(encodeEvidence)]);
}

/** The size caps are checked here already; the rules check them again against the header. */
export function decodeBlock(bytes: Uint8Array, params: LedgerParams): Block {
  if (bytes.length > greatestBlockBytes(params)) malformed("block too long");
  const fields = listField(decodeRlp(bytes, params.dataBlockPackages + 3), "block");
  listField(fields, "block", 2);
  const header = decodeHeader(bytesField(fields[0], "header", [], MAX_HEADER_BYTES));
  if (header.kind === "key") return { header, evidence: listField(fields[1], "evidence").map((item) => decodeEvidence(bytesField(item, "evidence", [], evidenceBytes(params)), params)) };
  const packages = listField(fields[1], "packages").map((item) => bytesField(item, "package", [], params.packageSizeBytes));
  return { header, packages };
}

/** No block is longer: a full data block, or a key block with evidence that holds one. */
export function greatestBlockBytes(params: LedgerParams): number {
  return evidenceBytes(params) + MAX_HEADER_BYTES + 16;
}

/** A leaf under `receiptsRoot`. */
export function encodeResult(result: PackageResult): Uint8Array {
  return encodeRlp(resultItem(result));
}

/** As `encodeResult`, in memory that the next encoding writes over. */
export function fleetingResult(result: PackageResult): Uint8Array {
  return fleetingRlp(resultItem(result));
}

function resultItem({ packageId, outcome, ergUsed, feeUnits, events }: PackageResult): RlpValue {
  return [packageId, encodeOutcome(outcome), ergUsed, feeUnits, eventItems(events)];
}

/** What `encodeResult` wrote. Faults: CODEC_MALFORMED. */
export function decodeResult(bytes: Uint8Array): PackageResult {
  if (bytes.length > MAX_RESULT_BYTES) malformed("result too long");
  const [packageId, outcome, ergUsed, feeUnits, told] = listField(decodeRlp(bytes, 16 + 5 * EVENT_LIMITS.count), "result", 5);
  return {
    packageId: bytesField(packageId, "package id", [32]),
    outcome: readOutcome(listField(outcome, "outcome", 2)),
    ergUsed: numberField(ergUsed, "ERG used", 64),
    feeUnits: numberField(feeUnits, "fee", 128),
    ...eventsOf(told),
  };
}

const NO_EVENTS: readonly never[] = [];

/** The field `events` of a result; an empty list where there are none. */
export function eventItems(events: readonly ProgramEvent[] = NO_EVENTS): RlpItem {
  if (events.length === 0) return NO_EVENTS;
  return events.map(({ domain, path, topic, data }) => [domain, textItem(path), textItem(topic), data]);
}

/** Reads the field that `eventItems` wrote. */
export function eventsOf(item: RlpItem | undefined): Pick<PackageResult, "events"> {
  const events = listField(item, "events").map(eventOf);
  if (events.length > EVENT_LIMITS.count) malformed("too many events");
  return events.length === 0 ? {} : { events };
}

function eventOf(item: RlpItem): ProgramEvent {
  const [domain, path, topic, data] = listField(item, "event", 4);
  return {
    domain: bytesField(domain, "domain", [20]), path: textField(path, "path", LIMITS.pathBytes),
    topic: textField(topic, "topic", EVENT_LIMITS.topicBytes), data: bytesField(data, "data", [], EVENT_LIMITS.dataBytes),
  };
}

/** A leaf under `packagesRoot`. Covers the signatures too, so that nobody can spoil a block under its own id. */
export function packageLeaf(packageId: Uint8Array, signedPackage: Uint8Array): Uint8Array {
  return concatBytes(packageId, sha256(signedPackage));
}

const OUTCOME_KINDS = ["done", "state-moved", "denied", "failed", "out-of-erg"] as const;
const FAULT_CODE = /^[A-Z][A-Z0-9_]{0,63}$/;

/** How nearly all end. */
const DONE: RlpValue = [0, new Uint8Array(0)];

function encodeOutcome(outcome: ReceiptOutcome): RlpValue {
  if (outcome.kind === "done") return DONE;
  const faultCode = outcome.kind === "denied" || outcome.kind === "failed" ? outcome.faultCode : "";
  return [OUTCOME_KINDS.indexOf(outcome.kind), textItem(faultCode)];
}

function readOutcome(fields: readonly RlpItem[]): ReceiptOutcome {
  const kind = OUTCOME_KINDS[smallField(fields[0], "outcome", OUTCOME_KINDS.length - 1)];
  const faultCode = textField(fields[1], "fault code", 64);
  switch (kind) {
    case "denied":
    case "failed":
      if (!FAULT_CODE.test(faultCode)) malformed("fault code");
      return { kind, faultCode };
    case "done":
    case "state-moved":
    case "out-of-erg":
      if (faultCode !== "") malformed("a fault code without a fault");
      return { kind };
    case undefined:
      return malformed("outcome");
    default:
      return unreachable(kind);
  }
}

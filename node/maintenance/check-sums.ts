import type { Totals } from "../explorer/index-codec.ts";
import { encodeAddress } from "../state/address.ts";
import type { BaseState } from "../state/base-state.ts";
import { ROOT_PATH } from "../state/entry-keys.ts";
import { NICKS_DOMAIN, readOwner } from "../state/nicks.ts";
import { decodeDomain } from "../state/records-codec.ts";
import { sacrificeOf } from "../state/sacrifice.ts";

/**
 * The sums that hold after every block, over a whole state: coins that were paid out and neither went into fees nor
 * were burnt are somebody's, what was burnt is in the record of who burnt it, and nicks and records lead to each
 * other. Says what is wrong; undefined if nothing is. Reads every domain.
 */
export function checkSums(state: BaseState, { paidUnits, feesUnits, burntUnits }: Totals): string | undefined {
  let [held, burnt, named] = [0n, 0n, 0];
  for (const [, value] of state.stateTrie().entries()) {
    const record = decodeDomain(value);
    const sacrifice = sacrificeOf(record);
    held += record.balanceUnits;
    burnt += sacrifice.burntUnits;
    if (sacrifice.nick !== "") named++;
  }
  if (burnt !== burntUnits) return `${burnt} units are burnt in the records of domains, ${burntUnits} in the blocks`;
  if (held !== paidUnits - feesUnits - burntUnits) return `all domains hold ${held} units, ${paidUnits - feesUnits - burntUnits} were paid and not spent`;
  return checkNicks(state, named);
}

/** `named` domains have a nick: as many lead back, each from its own record. */
function checkNicks(state: BaseState, named: number): string | undefined {
  let kept = 0;
  for (const { key, value } of state.listStored(NICKS_DOMAIN, ROOT_PATH)) {
    const owner = readOwner(value);
    const record = state.domain(owner);
    if (record?.sacrifice?.nick !== key) return `the nick @${key} leads to ${encodeAddress(owner)}, which has another`;
    kept++;
  }
  return kept === named ? undefined : `${named} domains have a nick, ${kept} nicks lead to one`;
}

import { toHex, utf8 } from "../../lang/base/bytes.ts";
import { isFaultError } from "../../lang/base/fault.ts";
import type { Meter } from "../../lang/host.ts";
import { copyPath, movePath, removePath } from "../../node/state/file-trees.ts";
import type { FileContext } from "../../node/state/access.ts";
import { appendFile, listPath, makeDirectory, readFile, writeFile } from "../../node/state/files.ts";
import { burnCoins, claimNick, dropNick, NICKS_DOMAIN } from "../../node/state/nicks.ts";
import { sacrificeOf } from "../../node/state/sacrifice.ts";
import type { Realm } from "../../node/state/realm.ts";

const FREE: Meter = { charge: () => {}, ergLeft: Number.MAX_SAFE_INTEGER };
const COIN = 10n ** 18n;
export const alice = new Uint8Array(20).fill(0xa1);
export const bob = new Uint8Array(20).fill(0xb0);

/** File operations of `who` at no cost. */
export function filesOf(realm: Realm, who = alice): FileContext {
  return { realm, meter: FREE, askHeight: () => realm.base.height, paths: { home: who, directory: { domain: who, path: "/" } } };
}

/** Everything a user can see of a realm. */
export function dump(realm: Realm): string {
  const lines = [alice, bob].map((domain) => `${toHex(domain).slice(0, 2)} ${realm.domain(domain).balanceUnits} ${JSON.stringify(sacrificeOf(realm.domain(domain)), (_, value: unknown) => (typeof value === "bigint" ? String(value) : value))}`);
  lines.push(...realm.listStored(NICKS_DOMAIN, "/").map(([nick, owner]) => `@${nick} ${toHex(owner)}`));
  const visit = (path: string): void => {
    for (const entry of listPath(filesOf(realm), path)) {
      const child = `${path}/${entry.name}`;
      const kept = realm.listStored(alice, child.slice(1)).map(([key, value]) => ` ${key}:${toHex(value)}`).join("");
      lines.push(entry.kind === "directory" ? child : `${child}=${toHex(readFile(filesOf(realm), child)).slice(0, 12)}${kept}`);
      if (entry.kind === "directory") visit(child);
    }
  };
  visit("~");
  return lines.join("\n");
}

/** As a program at that path would, if there is a file; 0 forgets. */
function keep(realm: Realm, path: string, key: string, value: number): void {
  if (realm.entry(alice, path)?.kind === "file") realm.putStored(alice, path, key, value === 0 ? undefined : Uint8Array.of(value));
}

/** One random change, refused ones included. */
export function act(realm: Realm, random: (below: number) => number): void {
  const files = filesOf(realm);
  const name = (): string => ["a", "b", "c", "a/b", "a/c", "b/a", "b/a/c"][random(7)] as string;
  const actions = [
    () => makeDirectory(files, name()),
    () => writeFile(files, utf8(`content ${random(5)}`), name()),
    () => appendFile(files, utf8("+"), name()),
    () => removePath(files, name(), { recursive: random(2) === 0 }),
    () => movePath(files, name(), name()),
    () => copyPath(files, name(), name(), { recursive: true }),
    () => keep(realm, `/${name()}`, `k${random(3)}`, random(4)),
    () => realm.adjustBalance(alice, COIN),
    () => burnCoins(files, (BigInt(random(4)) * COIN) / 2n),
    () => claimNick(files, `nick-${random(2)}`),
    () => dropNick(files, ""),
    () => realm.adjustBalance(random(2) === 0 ? alice : bob, BigInt(random(20) - 8)),
  ];
  try {
    (actions[random(actions.length)] as () => void)();
  } catch (error) {
    if (!isFaultError(error)) throw error;
  }
}

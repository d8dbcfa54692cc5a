import { test } from "uvu";
import * as assert from "uvu/assert";
import { concatBytes, utf8 } from "../../../lang/base/bytes.ts";
import { sha256 } from "../../../lang/base/hash.ts";
import { domainOfKey, formatAddress } from "../../../node/keys/address.ts";
import { keyNamed } from "../package/package-samples.ts";

test("the domain of a key is the front of a domain-separated hash", () => {
  const key = keyNamed("alice");
  assert.equal(domainOfKey(key), sha256(concatBytes(utf8("gridshell-address-v1"), key)).slice(0, 20));
});

test("an address has 43 characters and begins with grid1", () => {
  assert.is(formatAddress(new Uint8Array(20)).length, 43);
  assert.match(formatAddress(domainOfKey(keyNamed("alice"))), /^grid1[02-9ac-hj-np-z]{38}$/);
});

test.run();

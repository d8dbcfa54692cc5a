/** Base units of one coin: 10^18, as the ledger counts. */
const DIGITS = 18;

/** An exact amount in coins: `1.5 coins`, `1 coin`, `0.000000000000000001 coins`. */
export function coinsText(units: bigint): string {
  const sign = units < 0n ? "-" : "";
  const digits = (units < 0n ? -units : units).toString().padStart(DIGITS + 1, "0");
  const whole = digits.slice(0, -DIGITS);
  const fraction = digits.slice(-DIGITS).replace(/0+$/, "");
  const amount = `${sign}${whole}${fraction === "" ? "" : `.${fraction}`}`;
  return `${amount} ${amount === "1" ? "coin" : "coins"}`;
}

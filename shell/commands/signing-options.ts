import type { ShellOption } from "../../lang/primitives/spec.ts";

/** How a word that asks for a signature is told where it comes from: an agent, a second terminal or device, or pasted text. */
export const SIGNING_OPTIONS: readonly ShellOption[] = [
  { flag: "--qr", name: "qr", help: "ask a signer by QR code and text, even with a forwarded agent" },
  { flag: "--plain", name: "plain", help: "as --qr, the code drawn with # only, for terminals without colours" },
  { flag: "--paste", name: "paste", help: "take a signature that ssh-keygen -Y sign made, pasted or piped in" },
  { flag: "--raw-agent", name: "rawAgent", help: "outside devnet: let a forwarded plain agent sign, which would sign anything" },
];

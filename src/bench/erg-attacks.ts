/** A loop that somebody would write to burn a node's time: `work ( n -- )` of its source runs it so many times. */
export interface AttackLoop {
  readonly name: string;
  readonly source: string;
}

const MEGABYTE = 1_000_000;

/** `work` gives so many bytes of this text to EVALUATE, caught, and drops what it leaves. */
function evaluated(name: string, text: string): AttackLoop {
  const lines = [
    `create area ${String(MEGABYTE)} allot  area ${String(MEGABYTE)} bl fill`,
    `: tile ( c-addr u -- ) ${String(Math.floor(MEGABYTE / text.length))} 0 do 2dup area i ${String(text.length)} * + swap move loop 2drop ;`,
    `s" ${text}" tile`,
    `: run area ${String(MEGABYTE)} evaluate ;`,
    ": work 0 do depth >r ['] run catch drop depth r> - 0 ?do drop loop loop ;",
  ];
  return { name: `evaluate: ${name}`, source: lines.join("\n") };
}

/** `work` runs a line of source again and again. */
function repeated(name: string, line: string, setUp: readonly string[] = []): AttackLoop {
  return { name, source: [...setUp, `: run s" ${line}" evaluate ;`, ": work 0 do ['] run catch drop loop ;"].join("\n") };
}

/** So many words of the user's, each with this body. */
function definitions(count: number, body: string): string[] {
  return Array.from({ length: count }, (_, index) => `: u${String(index)} ${body} ;`);
}

const LONG_NAME = "Nn".repeat(127);
const LONG_BODY = "over drop ".repeat(50);

/** Work whose size no operand tells: each was once far cheaper for its ERG than other words. */
export const ATTACK_LOOPS: readonly AttackLoop[] = [
  evaluated("blanks", " "),
  evaluated("one unknown name", "aaaa"),
  evaluated("one unknown name, letters in both cases", "Ab"),
  evaluated("digits of one number", "7"),
  evaluated("quotes", "'"),
  evaluated("words of two characters", "1 drop "),
  evaluated("names of 254 characters", `${LONG_NAME} `),
  repeated("a caught unknown word", "unheard-of"),
  { name: "a caught fault of a word", source: ": run drop drop ;\n: work 0 do ['] run catch drop loop ;" },
  { name: "a caught fault that shows a large number", source: `: run ${"9".repeat(300)} @ ;\n: work 0 do ['] run catch drop loop ;` },
  { name: "find: a name of 254 characters", source: `create name 254 c, s" ${LONG_NAME}" dup allot name 1+ swap move\n: work 0 do name find 2drop loop ;` },
  repeated("where: many words", "where dup", definitions(500, LONG_BODY)),
  repeated("where: many uses", "where dup", definitions(500, "dup dup drop drop")),
  repeated("see: a long word", "see long", [`: long ${LONG_BODY.repeat(40)} ;`]),
  repeated("locate: a long word", "locate long", [`: long ${LONG_BODY.repeat(40)} ;`]),
  repeated("help: an unknown word", "help unheard-of"),
  repeated("marker", "marker gone gone"),
  repeated("marker: does> again and again", "marker gone made target gone", [": made create does> drop ;"]),
  repeated("marker: compiled anew each time", "marker gone : hot 400 0 do i drop loop ; hot gone"),
  repeated("marker: beside much compiled code", "marker gone gone", definitions(300, "100 0 do i drop loop").flatMap((line, index) => [line, `u${String(index)}`])),
];

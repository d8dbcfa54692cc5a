/**
 * Programs that a Forth is timed with, each long enough to take gforth-fast 0.7.3 some 30 to 130 ms. Each source is plain Forth-2012, so that every system runs the same
 * text; it defines `bench ( -- n )`, and `n` must come out the same everywhere. They allocate what they
 * need in data space and print nothing.
 */
export interface BenchProgram {
  readonly name: string;
  readonly about: string;
  readonly source: string;
  /** Uses exact decimals, which other Forths lack. */
  readonly decimals?: true;
}

export const BENCH_PROGRAMS: readonly BenchProgram[] = [
  {
    name: "fib", about: "recursive Fibonacci number 32: seven million calls",
    source: `
: fib ( n -- f ) dup 2 < if drop 1 else dup 1- recurse swap 2 - recurse + then ;
: bench ( -- n ) 32 fib ;`,
  },
  {
    name: "sieve", about: "primes below 65,536, forty times",
    source: `
65536 constant size   create flags size allot
: strike ( step from -- ) begin dup size < while 0 over flags + c! over + repeat 2drop ;
: primes ( -- n )
  flags size 1 fill  0
  size 2 do flags i + c@ if 1+ i i dup + strike then loop ;
: bench ( -- n ) 0 40 0 do drop primes loop ;`,
  },
  {
    name: "bubble", about: "bubble sort of 4,000 cells",
    source: `
4000 constant items   create list items cells allot
variable seed
: random ( -- n ) seed @ 1103515245 * 12345 + 2147483647 and dup seed ! ;
: scatter ( -- ) 74755 seed !  items 0 do random list i cells + ! loop ;
: sort ( -- )
  1 items 1- do
    list i 0 do
      dup 2@ 2dup < if swap over >r swap rot dup >r 2! r> r> drop else 2drop then
      cell+
    loop drop
  -1 +loop ;
: sum ( -- n ) 0 items 0 do list i cells + @ i * xor loop ;
: bench ( -- n ) scatter sort sum ;`,
  },
  {
    name: "matrix", about: "product of two matrices of 100 by 100 cells, ten times",
    source: `
100 constant side   side dup * cells constant bytes
create left bytes allot   create right bytes allot   create product bytes allot
: entry ( row column matrix -- address ) rot side * rot + cells + ;
: set ( -- )
  side 0 do side 0 do
    j i + 7 mod  j i left entry !
    j i - 11 mod  j i right entry !
  loop loop ;
: dot ( row column -- n )
  cells right + swap side cells * left +   \\ column pointer, row pointer
  0 side 0 do
    >r over @ over @ * r> +
    rot side cells + rot cell+ rot
  loop nip nip ;
: multiply ( -- ) side 0 do side 0 do j i dot j i product entry ! loop loop ;
: sum ( -- n ) 0 side dup * 0 do product i cells + @ 3 * xor loop ;
: bench ( -- n ) set 10 0 do multiply loop sum ;`,
  },
  {
    name: "collatz", about: "longest chain of the 3n+1 problem below 120,000",
    source: `
: steps ( n -- n ) 0 swap begin dup 1 > while dup 1 and if 3 * 1+ else 2/ then swap 1+ swap repeat drop ;
: bench ( -- n ) 0 120000 1 do i steps max loop ;`,
  },
  {
    name: "mix", about: "nine million rounds of shifting, xor and multiplication",
    source: `
: mix ( n -- n ) dup 13 lshift xor dup 7 rshift xor dup 17 lshift xor 2685821657736338717 * ;
: bench ( -- n ) 88172645463325252 9000000 0 do mix i + loop ;`,
  },
  {
    name: "bytes", about: "capitals counted and letters changed in 64 KiB, byte by byte, a hundred times",
    source: `
65536 constant size   create text size allot
: fill-text ( -- ) size 0 do i 31 * 255 and text i + c! loop ;
: change ( char -- char ) dup 97 123 within if 32 xor then ;
: changed ( -- ) size 0 do text i + dup c@ change swap c! loop ;
: capitals ( -- n ) 0 text size + text do i c@ 65 91 within if 1+ then loop ;
: bench ( -- n ) fill-text 0 100 0 do changed capitals + loop ;`,
  },
  {
    name: "move", about: "block moves of 24 to 1,000 bytes, overlapping and not",
    source: `
16384 constant size   create from size allot   create to size allot
: bench ( -- n )
  size 0 do i 255 and from i + c! loop
  1000000 0 do
    from i 1023 and + to i 4095 and + 1000 move
    to 8 + to 12000 + 100 move
    to i 2047 and + to 3 + 24 move
    to dup 40 + 60 move
  loop
  0 size 0 do to i + c@ + loop ;`,
  },
  {
    name: "execute", about: "eighteen million words executed from a table of eight",
    source: `
: op0 1+ ;  : op1 2* ;  : op2 3 xor ;  : op3 7 and ;
: op4 dup + ;  : op5 5 - ;  : op6 negate ;  : op7 1 or ;
create operations ' op0 , ' op1 , ' op2 , ' op3 , ' op4 , ' op5 , ' op6 , ' op7 ,
: bench ( -- n ) 1 18000000 0 do i 7 and cells operations + @ execute loop ;`,
  },
  {
    name: "calls", about: "chains of short words, eight deep",
    source: `
: c1 1+ ;  : c2 c1 c1 ;  : c3 c2 c2 ;  : c4 c3 c3 ;  : c5 c4 c4 ;  : c6 c5 c5 ;  : c7 c6 c6 ;
: bench ( -- n ) 0 500000 0 do c7 loop ;`,
  },
  {
    name: "nested", about: "loops nested four deep, forty million rounds",
    source: `
: bench ( -- n ) 0 40 0 do 100 0 do 100 0 do 100 0 do 1+ loop loop loop loop ;`,
  },
  {
    name: "strings", about: "words of a text found, turned to capitals, reversed and hashed",
    source: `
4096 constant size   create text size allot   create copy size allot
: make ( -- ) size 0 do i 7 * i 5 rshift xor 32 mod dup 26 < if 97 + else drop 32 then text i + c! loop ;
: capital ( char -- char ) dup 97 123 within if 32 - then ;
: capitals ( address length -- ) over + swap ?do i c@ capital i c! loop ;
: exchange ( a1 a2 -- ) over c@ over c@ swap rot c! swap c! ;
: reversed ( address length -- ) over + 1- begin 2dup < while 2dup exchange 1- swap 1+ swap repeat 2drop ;
: skip ( a end -- a' end ) begin 2dup < if over c@ 32 = else 0 then while swap 1+ swap repeat ;
: scan ( a end -- a' end ) begin 2dup < if over c@ 32 <> else 0 then while swap 1+ swap repeat ;
: hash ( n address length -- n ) over + swap ?do 33 * i c@ xor 4294967295 and loop ;
: word-at ( a end -- a' end a length ) skip over >r scan r> 2 pick over - ;
: pass ( n -- n )
  text copy size move
  copy dup size +
  begin 2dup < while word-at 2dup capitals 2dup reversed 2swap 2>r hash 2r> repeat 2drop ;
: bench ( -- n ) make 5381 800 0 do pass loop ;`,
  },
  {
    name: "decimals", about: "a hundred thousand exact decimal sums and products", decimals: true,
    source: `
: bench ( -- n ) 0.1 100000 0 do i 0.01 * + 0.005 - loop ;`,
  },
];

\ 3.1 to 3.2: cells of 64 bits, two's complement, flags
0 invert constant all-ones
all-ones 1 rshift constant max-int
max-int invert constant min-int
t{ 0 invert -> -1 }t
t{ all-ones 1 and -> 1 }t
t{ 1 cells -> 8 }t
t{ 1 chars -> 1 }t
t{ max-int 1+ -> min-int }t
t{ 18446744073709551615 -> -1 }t
t{ 9223372036854775808 -> min-int }t
t{ -9223372036854775808 -> min-int }t
t{ s" 18446744073709551615" evaluate -> -1 }t
t{ -1 0 <# #s #> evaluate -> -1 }t
t{ min-int 1- -> max-int }t

\ 6.1.0720 AND  6.1.1980 OR  6.1.2490 XOR  6.1.1720 INVERT
t{ 0 0 and -> 0 }t
t{ -1 0 and -> 0 }t
t{ 12 10 and -> 8 }t
t{ 12 10 or -> 14 }t
t{ 12 10 xor -> 6 }t
t{ -1 -1 xor -> 0 }t
t{ -1 invert -> 0 }t
t{ min-int invert -> max-int }t

\ 6.1.0320 2*  6.1.0330 2/  6.1.1805 LSHIFT  6.1.2162 RSHIFT
t{ 1 2* -> 2 }t
t{ 16384 2* -> 32768 }t
t{ all-ones 2* -> -2 }t
t{ min-int 2* -> 0 }t
t{ 4 2/ -> 2 }t
t{ 1 2/ -> 0 }t
t{ -1 2/ -> -1 }t
t{ -5 2/ -> -3 }t
t{ min-int 2/ -> min-int 1 rshift min-int or }t
t{ 1 63 lshift -> min-int }t
t{ 1 0 lshift -> 1 }t
t{ 3 63 lshift -> min-int }t
t{ min-int 63 rshift -> 1 }t
t{ -1 1 rshift -> max-int }t
t{ -1 0 rshift -> -1 }t

\ 6.1.0270 0=  6.1.0250 0<  6.1.0530 =  6.1.0480 <  6.1.0540 >  6.1.2340 U<
t{ 0 0= -> true }t
t{ 1 0= -> false }t
t{ min-int 0= -> false }t
t{ -1 0< -> true }t
t{ 0 0< -> false }t
t{ min-int 0< -> true }t
t{ max-int 0< -> false }t
t{ -1 -1 = -> true }t
t{ -1 1 = -> false }t
t{ -1 0 < -> true }t
t{ min-int max-int < -> true }t
t{ max-int min-int < -> false }t
t{ 1 1 < -> false }t
t{ 2 1 > -> true }t
t{ min-int max-int > -> false }t
t{ max-int min-int > -> true }t
t{ 0 -1 u< -> true }t
t{ max-int min-int u< -> true }t
t{ -1 0 u< -> false }t

\ 6.1.1880 MIN  6.1.1870 MAX  6.1.0690 ABS  6.1.1910 NEGATE
t{ min-int max-int min -> min-int }t
t{ max-int min-int min -> min-int }t
t{ 1 1 min -> 1 }t
t{ min-int max-int max -> max-int }t
t{ -1 0 max -> 0 }t
t{ -5 abs -> 5 }t
t{ min-int abs -> min-int }t
t{ 0 negate -> 0 }t
t{ min-int negate -> min-int }t
t{ 7 negate -> -7 }t

\ stack words: 6.1.1260 DROP and its like
t{ 1 2 drop -> 1 }t
t{ 1 dup -> 1 1 }t
t{ 1 2 over -> 1 2 1 }t
t{ 1 2 3 rot -> 2 3 1 }t
t{ 1 2 swap -> 2 1 }t
t{ 1 2 2drop -> }t
t{ 1 2 2dup -> 1 2 1 2 }t
t{ 1 2 3 4 2over -> 1 2 3 4 1 2 }t
t{ 1 2 3 4 2swap -> 3 4 1 2 }t
t{ 0 ?dup -> 0 }t
t{ -1 ?dup -> -1 -1 }t
t{ 7 8 depth 2 - >in @ drop 2drop drop -> }t
: deep ( i*x -- i*x n ) depth case-bottom @ - ;
t{ deep -> 0 }t
t{ 5 6 deep -> 5 6 2 }t

\ 6.1.0580 >R  6.1.2060 R>  6.1.2070 R@
: r1 >r r> ;
: r2 >r r@ r> drop ;
: r3 >r >r r@ r> r> swap ;
t{ 123 r1 -> 123 }t
t{ 123 r2 -> 123 }t
t{ 1 2 r3 -> 1 2 1 }t
t{ -1 r1 -> -1 }t

\ + - 1+ 1- * / MOD and their like; division is floored here
t{ 5 -3 + -> 2 }t
t{ max-int 1 + -> min-int }t
t{ 0 5 - -> -5 }t
t{ min-int 1 - -> max-int }t
t{ 2147483648 1+ -> 2147483649 }t
t{ 0 1- -> -1 }t
t{ -3 3 * -> -9 }t
t{ max-int 2 * -> -2 }t
t{ min-int -1 * -> min-int }t
t{ 7 2 / -> 3 }t
t{ -7 2 / -> -4 }t
t{ 7 -2 / -> -4 }t
t{ -7 -2 / -> 3 }t
t{ -7 2 mod -> 1 }t
t{ 7 -2 mod -> -1 }t
t{ -7 -2 mod -> -1 }t
t{ 7 2 /mod -> 1 3 }t
t{ -7 2 /mod -> 1 -4 }t
t{ max-int 2 max-int */ -> 2 }t
t{ 7 3 2 */ -> 10 }t
t{ -7 3 2 */ -> -11 }t
t{ 7 3 2 */mod -> 1 10 }t
t{ max-int max-int max-int */mod -> 0 max-int }t

\ S>D M* UM* UM/MOD FM/MOD SM/REM
t{ 0 s>d -> 0 0 }t
t{ -1 s>d -> -1 -1 }t
t{ min-int s>d -> min-int -1 }t
t{ -1 1 m* -> -1 -1 }t
t{ max-int max-int m* -> 1 max-int 1 rshift }t
t{ min-int min-int m* -> 0 1 62 lshift }t
t{ -1 -1 um* -> 1 -2 }t
t{ 2 min-int um* -> 0 1 }t
t{ 3 0 2 um/mod -> 1 1 }t
t{ -1 -1 um* -1 um/mod -> 0 -1 }t
t{ 10 s>d 7 fm/mod -> 3 1 }t
t{ -10 s>d 7 fm/mod -> 4 -2 }t
t{ 10 s>d -7 fm/mod -> -4 -2 }t
t{ -10 s>d -7 fm/mod -> -3 1 }t
t{ -10 s>d 7 sm/rem -> -3 -1 }t
t{ 10 s>d -7 sm/rem -> 3 -1 }t
t{ -10 s>d -7 sm/rem -> -3 1 }t
t{ max-int max-int m* max-int fm/mod -> 0 max-int }t
t{ min-int min-int m* min-int sm/rem -> 0 min-int }t
t{ 1 min-int m* 1 fm/mod -> 0 min-int }t

\ HERE , @ ! +! C, C@ C! 2@ 2! ALIGN ALIGNED CELL+ CHAR+ CELLS CHARS ALLOT
here 1 allot here constant after constant before
t{ after before - -> 1 }t
here -1 allot here swap constant was constant now
t{ now -> was 1- }t
align
here 11 , here 22 , constant second constant first
t{ second -> first cell+ }t
t{ first 1 cells + -> second }t
t{ first @ second @ -> 11 22 }t
t{ 33 first ! first @ second @ -> 33 22 }t
t{ 44 55 first 2! first 2@ -> 44 55 }t
t{ first @ second @ -> 55 44 }t
t{ 1 first +! first @ -> 56 }t
t{ -57 first +! first @ -> -1 }t
here 1 c, here 2 c, constant char2 constant char1
t{ char1 char+ -> char2 }t
t{ char1 c@ char2 c@ -> 1 2 }t
t{ 259 char1 c! char1 c@ -> 3 }t
t{ 2 chars -> 2 }t
align here 1 allot align here swap - constant gap
t{ gap -> 8 }t
t{ 9 aligned -> 16 }t
t{ 16 aligned -> 16 }t
t{ 5 cells -> 40 }t

\ FILL MOVE
create area 3 chars allot
t{ area 0 char x fill -> }t
t{ area 3 20 fill area c@ area 1+ c@ area 2 + c@ -> 20 20 20 }t
create other 12 c, 13 c, 14 c,
t{ other area 0 move area c@ -> 20 }t
t{ other area 3 move area c@ area 2 + c@ -> 12 14 }t
t{ area area char+ 2 move area c@ area 1+ c@ area 2 + c@ -> 12 12 13 }t
t{ area char+ area 2 move area c@ area 1+ c@ area 2 + c@ -> 12 13 13 }t

\ CHAR [CHAR] BL S" COUNT TYPE
t{ bl -> 32 }t
t{ char X -> 88 }t
t{ char Hello -> 72 }t
: letter [char] X ;
t{ letter -> 88 }t
: greet s" XY" ;
t{ greet swap drop -> 2 }t
t{ greet drop dup c@ swap char+ c@ -> 88 89 }t
t{ s" ABC" swap c@ -> 3 65 }t
t{ s" "swap drop -> 0 }t
t{ s" a"2drop -> }t
create counted 2 c, 65 c, 66 c,
t{ counted count swap c@ -> 2 65 }t

\ ' ['] EXECUTE FIND IMMEDIATE LITERAL POSTPONE STATE
: answer 42 ;
t{ ' answer execute -> 42 }t
: tick-it ['] answer ; immediate
t{ tick-it execute -> 42 }t
create finder 6 c, char a c, char n c, char s c, char w c, char e c, char r c,
create finder2 7 c, char t c, char i c, char c c, char k c, char - c, char i c, char t c,
t{ finder find -> ' answer -1 }t
t{ finder2 find -> ' tick-it 1 }t
create missing 3 c, char $ c, char ? c, char $ c,
t{ missing find -> missing 0 }t
create nothing 0 c,
t{ nothing find nip -> 0 }t
: lit-answer [ answer ] literal ;
t{ lit-answer -> 42 }t
: state-now state @ ; immediate
t{ state-now -> 0 }t
: state-then state-now literal ;
t{ state-then 0= -> false }t
: put-answer postpone answer ; immediate
t{ : use-answer put-answer 1+ ; use-answer -> 43 }t
: my-if postpone if ; immediate
t{ : use-if my-if 1 else 2 then ; 0 use-if 1 use-if -> 2 1 }t
: double-post postpone put-answer ; immediate
t{ : use-double double-post ; use-double -> 42 }t
t{ : late 1 ; : late late 1+ ; late -> 2 }t

\ IF ELSE THEN BEGIN WHILE REPEAT UNTIL
: if1 if 123 then ;
: if2 if 123 else 234 then ;
: many-else if 1 else 2 else 3 else 4 else 5 then ;
t{ 0 if1 -> }t
t{ -1 if1 -> 123 }t
t{ 0 if2 1 if2 -> 234 123 }t
t{ 0 many-else -> 2 4 }t
t{ -1 many-else -> 1 3 5 }t
: while1 begin dup 5 < while dup 1+ repeat ;
t{ 3 while1 -> 3 4 5 }t
t{ 6 while1 -> 6 }t
: until1 begin dup 1+ dup 6 > until ;
t{ 4 until1 -> 4 5 6 7 }t
t{ 9 until1 -> 9 10 }t
: two-while begin dup 2 > while dup 5 > while dup 1+ repeat 7 exit then 8 ;
t{ 1 two-while -> 1 8 }t
t{ 3 two-while -> 3 7 }t

\ RECURSE
: sum dup if dup >r 1- recurse r> + then ;
t{ 10 sum -> 55 }t

\ DO LOOP +LOOP I J LEAVE UNLOOP EXIT
: loop1 do i loop ;
t{ 4 1 loop1 -> 1 2 3 }t
t{ 2 -1 loop1 -> -1 0 1 }t
: loop2 do i -1 +loop ;
t{ 1 4 loop2 -> 4 3 2 1 }t
t{ -1 2 loop2 -> 2 1 0 -1 }t
: nested 4 1 do 1 0 do j loop loop ;
t{ nested -> 1 2 3 }t
: leave1 123 swap 0 do i 4 > if drop 234 leave then loop ;
t{ 5 leave1 -> 123 }t
t{ 6 leave1 -> 234 }t
: leave2 100 0 do i 1 = if leave then i 50 = if leave then i loop ;
t{ leave2 -> 0 }t
: leave3 10 0 do i dup 3 = if drop leave else dup 7 > if leave then then loop ;
t{ leave3 -> 0 1 2 }t
: unloop1 10 0 do 10 0 do i 3 = if i j unloop unloop exit then loop loop ;
t{ unloop1 -> 3 0 }t
variable step   variable rounds
: stepped ( limit first step -- i*x ) step ! 0 rounds ! do 1 rounds +! i rounds @ 6 = if leave then step @ +loop ;
t{ 4 4 -1 stepped -> 4 }t
t{ 1 4 -1 stepped -> 4 3 2 1 }t
t{ 4 1 -1 stepped -> 1 0 -1 -2 -3 -4 }t
t{ 4 1 0 stepped -> 1 1 1 1 1 1 }t
t{ 0 0 0 stepped -> 0 0 0 0 0 0 }t
t{ 1 4 1 stepped -> 4 5 6 7 8 9 }t
t{ 4 1 2 stepped -> 1 3 }t
t{ 4 1 max-int stepped -> 1 }t
t{ max-int 1 max-int stepped -> 1 }t
t{ min-int 0 min-int stepped -> 0 min-int }t
t{ 0 max-int max-int negate stepped -> max-int 0 }t
t{ max-int min-int max-int stepped -> min-int -1 max-int 1- }t
t{ 5 8 -3 stepped -> 8 5 }t
t{ max-int dup 1- 1 stepped -> max-int 1- }t
t{ min-int max-int 1 stepped -> max-int }t
\ An increment may put the counter outside of its range; the loop ends only when it crosses the limit.
t{ : away 10 0 do i dup 2 = if 100 else 1 then +loop ; away -> 0 1 2 }t
t{ : and-back true 10 4 do i swap if false -5 else true 9 then +loop drop ; and-back -> 4 -1 8 3 }t
t{ here 0 allot here = -> true }t
t{ here 40 allot -40 allot here = -> true }t

\ : ; CONSTANT VARIABLE CREATE DOES> >BODY
t{ : noop-colon : postpone ; ; noop-colon nc1 nc1 -> }t
t{ 123 constant c123 c123 -> 123 }t
: equ constant ;
t{ 7 equ c7 c7 -> 7 }t
t{ variable v1 123 v1 ! v1 @ -> 123 }t
: adds does> @ 1 + ;
: adds2 does> @ 2 + ;
create cr1
t{ cr1 here = ' cr1 >body here = -> true true }t
1 , t{ cr1 @ -> 1 }t
t{ adds cr1 -> 2 }t
t{ adds2 cr1 -> 3 }t
: weird create does> 1 + does> 2 + ;
weird w1
t{ ' w1 >body -> here }t
t{ w1 -> here 1 + }t
t{ w1 -> here 2 + }t
: const2 create , , does> 2@ ;
t{ 1 2 const2 pair pair -> 1 2 }t
t{ : gdx 123 ; : gdx gdx 234 ; gdx -> 123 234 }t

\ EVALUATE SOURCE >IN WORD
: ev1 s" 123" ; immediate
: ev2 s" 123 1+" ; immediate
: ev3 s" : ev4 345 ;" ;
: ev5 evaluate ; immediate
t{ ev1 evaluate -> 123 }t
t{ ev2 evaluate -> 124 }t
t{ ev3 evaluate ev4 -> 345 }t
t{ : ev6 ev1 ev5 ; ev6 -> 123 }t
t{ : ev7 ev2 ev5 ; ev7 -> 124 }t
: same-source s" source" 2dup evaluate >r swap >r = r> r> = ;
t{ same-source -> true true }t
variable scans
: rescan? -1 scans +! scans @ if 0 >in ! then ;
t{ 2 scans !
345 rescan?
-> 345 345 }t
: rescan-string 3 scans ! s" 123 rescan?" evaluate ;
t{ rescan-string -> 123 123 123 }t
: to-next word count swap c@ ;
t{ bl to-next HELLO -> 5 char H }t
t{ char " to-next GOODBYE" -> 7 char G }t
t{ bl to-next
drop -> 0 }t
: skip-line source >in ! drop ;
t{ skip-line 1 2 3
-> }t
t{ 1 >in @ 2 + drop -> 1 }t
t{ char ) word XX)count nip -> 2 }t
: skip-chars ( n -- ) >in +! ;
t{ 3 skip-chars xyz 1 -> 1 }t
t{ 1 >in @ 2 + nip 0< -> false }t

\ >NUMBER and BASE
create digits-of char 0 c, char 1 c, char F c, char f c, char . c,
: number-in ( n base -- ud u ) base @ >r base ! >r 0 0 digits-of r> >number nip r> base ! ;
t{ 1 10 number-in -> 0 0 0 }t
t{ 2 10 number-in -> 1 0 0 }t
t{ 3 10 number-in -> 1 0 1 }t
t{ 3 16 number-in -> 31 0 0 }t
t{ 5 16 number-in -> 511 0 1 }t
t{ 0 16 number-in -> 0 0 0 }t
: in-base ( base -- u1 u2 ) base @ swap base ! s" 10" evaluate base @ rot base ! ;
t{ 2 in-base -> 2 2 }t
t{ 36 in-base -> 36 36 }t
t{ decimal 10 base @ = -> true }t

\ <# # #S #> HOLD SIGN
: held ( c-addr u c-addr u -- flag ) rot over <> if drop 2drop false exit then
  0 ?do over i + c@ over i + c@ <> if 2drop false unloop exit then loop 2drop true ;
: hold1 <# 66 hold 65 hold 0 0 #> s" AB" held ;
t{ hold1 -> true }t
: sign1 <# -1 sign 0 sign -1 sign 0 0 #> s" --" held ;
t{ sign1 -> true }t
: #1 <# 1 0 # # #> s" 01" held ;
t{ #1 -> true }t
: #2 <# 1 0 #s #> s" 1" held ;
t{ #2 -> true }t
: each-base ( -- flag ) base @ >r true 37 2 do i base ! i 0 <# #s #> s" 10" held and loop r> base ! ;
t{ each-base -> true }t
: bits-of ( ud -- n ) base @ >r 2 base ! <# #s #> nip r> base ! ;
t{ -1 -1 bits-of -> 128 }t
: highest 36 base ! 35 0 <# #s #> decimal s" Z" held ;
t{ highest -> true }t

\ ABORT ABORT" QUIT ACCEPT KEY: what does not wait is here, the rest in terminal.fs
: stops abort ;
: stops-with abort" why" ;
t{ ' stops catch -> -1 }t
t{ 1 ' stops-with catch nip -> -2 }t
t{ 0 ' stops-with catch -> 0 }t
: quits quit ;
t{ pad 0 accept -> 0 }t
: pause key drop ;

\ ENVIRONMENT?
t{ s" MAX-U" environment? -> -1 true }t
t{ s" no such query" environment? -> false }t
t{ s" /COUNTED-STRING" environment? nip -> true }t
t{ s" FLOORED" environment? -> true true }t
t{ s" MAX-D" environment? -> -1 max-int true }t

\ output: what it prints is tested elsewhere, here that it leaves nothing
t{ ." ok" space 2 spaces cr 65 emit s" x" type -1 . -1 u. -> }t
( a comment ) t{ ( another ) 1 -> 1 }t
t{ hex -1 0 <# #s #> decimal nip -> 16 }t

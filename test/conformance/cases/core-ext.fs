\ FALSE TRUE 0<> 0> <> U> WITHIN
t{ false true -> 0 -1 }t
t{ 0 0<> 1 0<> -1 0<> -> false true true }t
t{ 0 0> 1 0> -1 0> -> false true false }t
t{ 1 1 <> 1 2 <> -> false true }t
t{ 1 -1 u> -1 1 u> 0 0 u> -> false true false }t
t{ 0 0 0 within -> false }t
t{ 1 0 2 within -> true }t
t{ 2 0 2 within -> false }t
t{ 0 2 1 within -> true }t
t{ 1 2 1 within -> false }t
t{ -1 -2 0 within -> true }t
t{ 5 5 3 within -> true }t
t{ 0 -1 1 within -> true }t

\ NIP TUCK PICK ROLL 2>R 2R> 2R@
t{ 1 2 nip -> 2 }t
t{ 1 2 tuck -> 2 1 2 }t
t{ 1 2 3 0 pick -> 1 2 3 3 }t
t{ 1 2 3 2 pick -> 1 2 3 1 }t
t{ 1 2 3 0 roll -> 1 2 3 }t
t{ 1 2 3 2 roll -> 2 3 1 }t
: 2r1 2>r r@ 2r> ;
: 2r2 2>r 2r@ 2r> ;
t{ 1 2 2r1 -> 2 1 2 }t
t{ 1 2 2r2 -> 1 2 1 2 }t

\ ?DO AGAIN CASE OF ENDOF ENDCASE
: qdo ?do i loop ;
t{ 5 5 qdo 0 0 qdo 3 0 qdo -> 0 1 2 }t
: qdo2 ?do i -2 +loop ;
t{ 0 4 qdo2 -> 4 2 0 }t
: qdo3 ?do i dup 2 = if leave then loop ;
t{ 9 0 qdo3 -> 0 1 2 }t
: again1 begin dup 3 > if exit then 1+ again ;
t{ 0 again1 -> 4 }t
: case1 case 1 of 111 endof 2 of 222 endof >r 999 r> endcase ;
t{ 1 case1 2 case1 3 case1 -> 111 222 999 }t
: case2 >r case -1 of case r@ 1 of 100 endof 2 of 200 endof >r -300 r> endcase endof
   -2 of case r@ 1 of -99 endof >r -199 r> endcase endof >r 299 r> endcase r> drop ;
t{ -1 1 case2 -1 2 case2 -1 3 case2 -2 1 case2 -2 2 case2 0 0 case2 -> 100 200 -300 -99 -199 299 }t
: case3 case endcase ;
t{ 5 case3 -> }t
: case4 case 0 of exit endof 1 of 11 exit endof dup endcase 5 ;
t{ 0 case4 1 case4 -> 11 }t

\ VALUE TO
t{ 111 value val1 val1 -> 111 }t
t{ 222 to val1 val1 -> 222 }t
: set-val to val1 ;
t{ 333 set-val val1 -> 333 }t
t{ 7 value now-val immediate : use-now now-val literal ; use-now -> 7 }t

\ :NONAME COMPILE, DEFER IS DEFER! DEFER@ ACTION-OF
:noname 1234 ; constant nn1
t{ nn1 execute -> 1234 }t
:noname dup if dup >r 1- recurse r> + then ; constant nn2
t{ 4 nn2 execute -> 10 }t
: compile-dup ['] dup compile, ; immediate
t{ : use-dup compile-dup + ; 4 use-dup -> 8 }t
defer d1
t{ ' * is d1 2 3 d1 -> 6 }t
t{ ' d1 defer@ -> ' * }t
t{ ' - ' d1 defer! 5 3 d1 -> 2 }t
t{ action-of d1 -> ' - }t
: acts action-of d1 ;
: sets is d1 ;
t{ ' + sets 1 2 d1 acts -> 3 ' + }t
t{ defer d2 immediate ' drop is d2 1 2 d2 -> 1 }t

\ PARSE PARSE-NAME SOURCE-ID REFILL SAVE-INPUT RESTORE-INPUT
t{ char | parse a b| swap c@ -> 3 char a }t
t{ char | parse | nip -> 0 }t
t{ char | parse to the end
nip -> 10 }t
t{ parse-name   abc   nip -> 3 }t
t{ parse-name
nip -> 0 }t
t{ s" source-id" evaluate -> -1 }t
t{ source-id dup -1 = swap 0= or -> false }t
t{ refill 99 drop
-> true }t
t{ 1 2 3 refill drop this is not read: nonsense
-> 1 2 3 true }t
t{ s" refill" evaluate -> false }t
variable again?  -1 again? !
: never ." never" 1 cases-wrong +! ;
t{ 11111 save-input
again? @
[if]   0 again? !
       restore-input
       never
[else]
       22222
[then]
-> 11111 0 22222 }t
: input-count save-input begin nip 1- dup 0= until ;
t{ input-count -> 0 }t
variable si   0 si !
: si$ s" save-input si @ 0= [if] 1 si ! restore-input nonsense [else] 2 si ! input-dropped [then]" ;
: input-dropped ( xn..x1 n -- ) 0 ?do drop loop ;
t{ si$ evaluate si @ -> 2 }t

\ S\" C" .( HOLDS .R U.R HEX PAD ERASE UNUSED BUFFER: MARKER [COMPILE] \
: esc s\" \a\b\e\f\l\m\n\q\r\t\v\z\"\x0F\xaB\\" ;
t{ esc nip -> 17 }t
: esc-at ( n -- char ) esc drop + c@ ;
t{ 0 esc-at 1 esc-at 2 esc-at 3 esc-at 4 esc-at -> 7 8 27 12 10 }t
t{ 5 esc-at 6 esc-at 7 esc-at 8 esc-at 9 esc-at -> 13 10 10 34 13 }t
t{ 10 esc-at 11 esc-at 12 esc-at 13 esc-at 14 esc-at 15 esc-at 16 esc-at -> 9 11 0 34 15 171 92 }t
t{ s\" a\"b" swap dup c@ swap 1+ c@ -> 3 97 34 }t
: counted-here c" 12345" ;
t{ counted-here count evaluate -> 12345 }t
t{ .( printed now) -> }t
: holds1 <# s" Test" holds [char] - hold s" XYZ" holds 0 0 #> s" XYZ-Test" compare ;
t{ holds1 -> 0 }t
t{ 5 3 .r -5 3 u.r 12345 1 .r -> }t
t{ base @ hex base @ swap base ! -> 16 }t
t{ 65 pad c! pad c@ pad 84 + drop -> 65 }t
t{ -1 pad ! pad 8 erase pad @ -> 0 }t
t{ unused 8 allot unused - 8 - -8 allot -> 0 }t
t{ 127 chars buffer: buf1 buf1 aligned -> buf1 }t
t{ buf1 127 7 fill buf1 126 + c@ -> 7 }t
: mk1 1 ; marker forget-it : mk2 2 ; : mk1 11 ;
t{ mk1 mk2 -> 11 2 }t
t{ forget-it mk1 -> 1 }t
t{ [undefined] mk2 [undefined] forget-it -> true true }t
: bc1 [compile] dup ; : bc2 [compile] if ; immediate : bc3 bc2 1 else 2 then ;
t{ 7 bc1 0 bc3 -> 7 7 2 }t
\ the rest of this line is not read: nonsense
t{ 1 \ nor this: nonsense
-> 1 }t

\ names and numbers (3.3.1.2, 3.4.1.3)
: !"#$%&'()*+,-./0123456789:;<=>? 1 ;
: @[\]^_`abc{|}~ 2 ;
t{ !"#$%&'()*+,-./0123456789:;<=>? @[\]^_`abc{|}~ -> 1 2 }t
t{ #1289 #-1289 $12eF $-12eF %10010110 %-10010110 'z' ''' -> 1289 -1289 4847 -4847 150 -150 122 39 }t
t{ hex #10 $10 %10 10 'A' decimal -> 10 16 2 16 65 }t
t{ : MixedCase 5 ; mixedcase MIXEDCASE -> 5 5 }t

\ [IF] [ELSE] [THEN] [DEFINED] [UNDEFINED]
t{ 1 [if] 111 [else] 222 [then] -> 111 }t
t{ 0 [if] 111 [else] 222 [then] -> 222 }t
t{ 1 [if] 1
  2
[else] 3
  4
[then] -> 1 2 }t
t{ 0 [if] 1
  2
[else] 3
  4
[then] -> 3 4 }t
t{ 1 [if] 0 [if] 1 [else] 2 [then] [else] 3 [then] -> 2 }t
t{ 0 [if] 1 [if] 1 [else] 2 [then] [else] 0 [if] 4 [else] 5 [then] [then] -> 5 }t
t{ 0 [if] 1 [IF] 2 [Else] 3 [THEN] 4 [then] 6 -> 6 }t
: in-definition [ 0 ] [if] 1 [else] 2 [then] ;
t{ in-definition -> 2 }t
t{ [defined] dup [defined] no-such-word-here -> true false }t
t{ [undefined] dup [undefined] no-such-word-here -> false true }t
: skip-it postpone [else] ; immediate
t{ 1 skip-it 2 [then] 3 -> 1 3 }t

\ AHEAD CS-PICK CS-ROLL
: ahead1 ahead 111 then 222 ;
t{ ahead1 -> 222 }t
: again-too ( C: dest -- dest ) 0 cs-pick postpone again ; immediate
: pick1 ( n -- n' ) begin 1+ dup 7 = if exit then again-too 99 again ;
t{ 3 pick1 -> 7 }t
: until-too ( C: dest -- dest ) 0 cs-pick postpone until ; immediate
: pick2 ( n -- n' ) begin 1+ dup 2 mod until-too dup 9 > until ;
t{ 0 pick2 2 pick2 -> 11 11 }t
: my-while postpone if 1 cs-roll ; immediate
: roll1 begin dup 0> my-while dup 1- repeat ;
t{ 3 roll1 -> 3 2 1 0 }t
: roll2 ( flag flag -- n ) if if [ 1 cs-roll ] then 1 exit then 2 ;
t{ -1 -1 roll2 0 -1 roll2 -> 1 2 }t

\ N>R NR> .S ? DUMP SEE WORDS
: nr1 n>r 9 nr> ;
t{ 1 2 3 2 nr1 -> 1 9 2 3 2 }t
: nr2 0 n>r nr> ;
t{ 5 nr2 -> 5 0 }t
: nr3 2 n>r 1 n>r 7 nr> nr> ;
t{ 1 2 3 nr3 -> 7 1 1 2 3 2 }t
t{ 1 2 .s -> 1 2 }t
variable shown  t{ 5 shown ! shown ? shown 8 dump see nr1 see dup see shown -> }t
: search-new get-order wordlist swap 1+ set-order ;
t{ search-new words previous -> }t

\ SYNONYM
: syn1 1234 ;
synonym new-syn1 syn1
t{ new-syn1 -> 1234 }t
: syn2 2345 ; immediate
synonym new-syn2 syn2
t{ new-syn2 -> 2345 }t
t{ : uses-syn2 new-syn2 literal ; uses-syn2 -> 2345 }t
t{ ' new-syn1 -> ' syn1 }t
synonym my-dup dup
t{ : uses-my-dup my-dup + ; 4 uses-my-dup -> 8 }t
synonym my-literal literal
t{ : uses-my-literal [ 5 ] my-literal ; uses-my-literal -> 5 }t
create syn-name 8 c, char n c, char e c, char w c, char - c, char s c, char y c, char n c, char 1 c,
t{ syn-name find -> ' syn1 -1 }t
t{ : uses-postponed postpone new-syn1 ; immediate : indirectly uses-postponed ; indirectly -> 1234 }t

\ TRAVERSE-WORDLIST NAME>STRING NAME>INTERPRET NAME>COMPILE
wordlist constant trav   get-current trav set-current
: trav1 1 ;  : trav2 2 ; immediate  : trav3 3 ;
set-current
: count-names ( n nt -- n' flag ) drop 1+ true ;
t{ 0 ' count-names trav traverse-wordlist -> 3 }t
t{ 0 ' count-names wordlist traverse-wordlist -> 0 }t
: count-two ( n nt -- n' flag ) drop 1- dup 0> ;
t{ 2 ' count-two trav traverse-wordlist -> 0 }t
: sum-length ( n nt -- n' flag ) name>string nip + true ;
t{ 0 ' sum-length trav traverse-wordlist -> 15 }t
: run-each ( i*x nt -- j*x flag ) name>interpret execute true ;
t{ ' run-each trav traverse-wordlist -> 3 2 1 }t
: first-name ( nt -- nt flag ) false ;
t{ ' first-name trav traverse-wordlist name>string s" trav3" compare -> 0 }t
: find-name? ( c-addr u 0 nt -- c-addr u nt flag | c-addr u 0 flag ) nip dup >r name>string 2over compare if r> drop 0 true else r> false then ;
t{ s" trav2" 0 ' find-name? trav traverse-wordlist nip nip name>compile execute -> 2 }t
t{ : uses-trav1 [ s" trav1" 0 ' find-name? trav traverse-wordlist nip nip name>compile execute ] 5 ; uses-trav1 -> 1 5 }t
: has-dup ( flag nt -- flag flag ) name>string s" dup" compare 0= or dup 0= ;
t{ false ' has-dup forth-wordlist traverse-wordlist -> true }t
: throws-in-walk drop 5 throw ;
t{ ' throws-in-walk trav ' traverse-wordlist catch nip nip -> 5 }t
: walk-in-walk ( n nt -- n' flag ) drop ['] count-names trav traverse-wordlist true ;
t{ 0 ' walk-in-walk trav traverse-wordlist -> 9 }t
: goodbye bye ;
t{ state @ -> 0 }t

\ 15.6.2.1580 FORGET
variable kept   here constant kept-here
: kept-word 1 ;   create gone 5 ,   : gone-word kept-word ;
t{ gone-word forget gone here kept-here = -> 1 true }t
t{ [defined] kept-word [defined] gone [defined] gone-word -> true false false }t
t{ s" forget dup" ' evaluate catch nip nip -> -15 }t

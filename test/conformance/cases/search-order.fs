\ FORTH-WORDLIST WORDLIST GET-ORDER SET-ORDER ONLY FORTH ALSO PREVIOUS DEFINITIONS ORDER
: keep-order get-order get-current ;
only forth definitions
variable wid1   variable wid2
: drop-order ( xn..x1 n -- n ) dup >r 0 ?do drop loop r> ;
t{ forth-wordlist wid1 ! -> }t
t{ get-order drop-order 0> -> true }t
t{ get-order over -> get-order wid1 @ }t
t{ get-order set-order -> }t
t{ get-order get-order set-order -> get-order }t
t{ also get-order drop-order previous get-order drop-order - -> 1 }t
t{ only forth get-order drop-order also also get-order drop-order swap - previous previous -> 2 }t
wordlist wid2 !
t{ wid2 @ set-current get-current wid2 @ = forth-wordlist set-current -> true }t
: name-there ;
: search-wid2 get-order wid2 @ swap 1+ set-order ;
wid2 @ set-current  : name-there 2 ;  : only-there 3 ; immediate  forth-wordlist set-current
t{ s" name-there" wid2 @ search-wordlist swap execute -> -1 2 }t
t{ s" only-there" wid2 @ search-wordlist swap execute -> 1 3 }t
t{ s" only-there" forth-wordlist search-wordlist -> 0 }t
t{ s" dup" forth-wordlist search-wordlist -> ' dup -1 }t
t{ s" if" forth-wordlist search-wordlist nip -> 1 }t
t{ s" " forth-wordlist search-wordlist -> 0 }t
t{ name-there -> }t
t{ get-order wid2 @ swap 1+ set-order name-there previous -> 2 }t
t{ search-wid2 name-there only-there previous -> 2 3 }t
t{ [undefined] only-there -> true }t
: with-wid2 get-order wid2 @ swap 1+ set-order ; immediate
t{ : uses with-wid2 name-there [ previous ] 1+ ; uses -> 3 }t
t{ search-wid2 definitions get-current wid2 @ = previous definitions get-current forth-wordlist = -> true true }t
t{ -1 set-order get-order drop-order 0> -> true }t
only forth definitions
: empty-order get-order 0 set-order get-order >r set-order r> ;
t{ empty-order -> 0 }t
t{ create dup-name 3 c, char d c, char u c, char p c, dup-name find -> ' dup -1 }t
t{ order -> }t
t{ : hides 1 ; search-wid2 definitions : hides 2 ; hides previous definitions hides -> 2 1 }t

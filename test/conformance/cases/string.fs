: s1 s" abcdefghijklmnopqrstuvwxyz" ;
: held? compare 0= ;
\ -TRAILING /STRING
: s8 s" abc  " ; : s9 s"      " ; : s10 s"    a" ;
t{ s1 -trailing -> s1 }t
t{ s8 -trailing -> s8 2 - }t
t{ s9 -trailing nip -> 0 }t
t{ s10 -trailing -> s10 }t
t{ s1 5 /string -> s1 swap 5 + swap 5 - }t
t{ s1 10 /string -4 /string -> s1 6 /string }t
t{ s1 0 /string -> s1 }t
\ SEARCH
t{ s1 s" abc" search -> s1 true }t
t{ s1 s" fgh" search -> s1 5 /string true }t
t{ s1 s" z" search -> s1 25 /string true }t
t{ s1 s" zz" search -> s1 false }t
t{ s1 s" " search -> s1 true }t
t{ s" " s" a" search rot drop -> 0 false }t
t{ s" aab" s" ab" search rot drop -> 2 true }t
\ COMPARE
t{ s1 s1 compare -> 0 }t
t{ s1 pad swap cmove s1 pad over compare -> 0 }t
t{ s" abc" s" abcd" compare s" abcd" s" abc" compare -> -1 1 }t
t{ s" " s" " compare s" " s" a" compare s" a" s" " compare -> 0 -1 1 }t
t{ s" abc" s" abd" compare s" b" s" abc" compare -> -1 1 }t
t{ s" A" s" a" compare -> -1 }t
t{ s\" \xFF" s" a" compare -> 1 }t
\ CMOVE CMOVE> BLANK
t{ pad 30 char 0 fill s1 pad 5 + swap cmove pad 5 + 26 s1 held? -> true }t
t{ s" abcde" pad swap cmove pad pad 1+ 4 cmove pad 5 s" aaaaa" held? -> true }t
t{ s" abcde" pad swap cmove pad pad 1+ 4 cmove> pad 5 s" aabcd" held? -> true }t
t{ s" abcde" pad swap cmove pad 1+ pad 4 cmove> pad 5 s" eeeee" held? -> true }t
t{ pad 3 blank pad 3 s"    " held? -> true }t
t{ pad 0 blank -> }t
\ SLITERAL
: s15 [ s1 ] sliteral ;
t{ s1 s15 compare s1 s15 rot = rot rot = -> 0 true false }t
\ REPLACES SUBSTITUTE UNESCAPE
create out 128 allot
: filled ( c-addr u -- c-addr u n ) out 128 substitute ;
t{ s" wxyz" s" A1" replaces s" b2" s" B" replaces -> }t
t{ s" no names" filled rot rot s" no names" held? -> 0 true }t
t{ s" %A1%" filled rot rot s" wxyz" held? -> 1 true }t
t{ s" a %A1% b %B%" filled rot rot s" a wxyz b b2" held? -> 2 true }t
t{ s" %%" filled rot rot s" %" held? -> 0 true }t
t{ s" %?%" filled rot rot s" %?%" held? -> 0 true }t
t{ s" %%A1%%" filled rot rot s" %A1%" held? -> 0 true }t
t{ s" %A1" filled rot rot s" %A1" held? -> 0 true }t
t{ s" x%" filled rot rot s" x%" held? -> 0 true }t
t{ s" new" s" A1" replaces s" %a1%" filled rot rot s" new" held? -> 1 true }t
t{ s" %A1%" out 2 substitute nip nip 0< -> true }t
t{ s" %q%z%A1%" filled rot rot s" %q%znew" held? -> 1 true }t
t{ s" " s" E" replaces s" [%E%]" filled rot rot s" []" held? -> 1 true }t
t{ s" a%b%%" out unescape s" a%%b%%%%" held? -> true }t
t{ s" " out unescape nip -> 0 }t

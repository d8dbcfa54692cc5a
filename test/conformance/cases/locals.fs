\ {: :} LOCALS| (LOCAL) TO
: l1 {: :} ; t{ l1 -> }t
: l2 {: x | y :} x 1+ to y x y ;
t{ 5 l2 -> 5 6 }t
: l3 {: a b c -- d e :} c b a ;
t{ 1 2 3 l3 -> 3 2 1 }t
: l4 {: a
  b
  :} a b + ;
t{ 3 4 l4 -> 7 }t
: l5 {: a | b c -- :} a to b b 1+ to c a b c ;
t{ 1 l5 -> 1 1 2 }t
: l6 {: n :} n 0= if 1 exit then n n 1- recurse * ;
t{ 5 l6 -> 120 }t
: l7 {: a b :} b 0 ?do a i + loop ;
t{ 10 3 l7 -> 10 11 12 }t
: l8 {: dup :} dup 1+ ;
t{ 4 l8 -> 5 }t
: l10 {: a :} a >r a 1+ r> ;
t{ 7 l10 -> 8 7 }t
:noname {: a b :} a b - ; constant l11
t{ 9 4 l11 execute -> 5 }t
: l12 create {: a :} a , does> {: d :} d @ 1+ ;
t{ 5 l12 five five -> 6 }t
: l13 {: A :} a ;
t{ 3 l13 -> 3 }t
: l14 locals| a b c | a b c ;
t{ 1 2 3 l14 -> 3 2 1 }t
: l15 locals| a | 10 to a a ;
t{ 1 l15 -> 10 }t
: local bl word count (local) ; immediate
: end-locals 99 0 (local) ; immediate
: l16 local a local b end-locals a b ;
t{ 1 2 l16 -> 2 1 }t
: l17 {: a1 a2 a3 a4 a5 a6 a7 a8 a9 a10 a11 a12 a13 a14 a15 a16 :} a16 a1 - ;
t{ 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 l17 -> 15 }t
: l18 {: xt :} 5 xt catch if drop -1 then ;
t{ ' 1+ l18 -> 6 }t
: l19 {: a :} begin a 0> while a 1- to a repeat a ;
t{ 4 l19 -> 0 }t
: l20 {: a b -- a comment to the end :} a b ;
t{ 1 2 l20 -> 1 2 }t
: l21 {: x :} case x 1 of 10 endof 2 of 20 endof 30 swap endcase ;
t{ 1 l21 2 l21 3 l21 -> 10 20 30 }t

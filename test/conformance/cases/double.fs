\ 2CONSTANT 2LITERAL 2VARIABLE 2VALUE
-1 -1 1 rshift 2constant max-2int   0 -1 1 rshift invert 2constant min-2int
t{ 1. 2constant one-d one-d -> 1 0 }t
: dlit [ 1. ] 2literal ;
t{ dlit -> 1 0 }t
t{ 2variable 2v1 0. 2v1 2! 2v1 2@ -> 0 0 }t
t{ -1 -2 2v1 2! 2v1 2@ -> -1 -2 }t
t{ 1 2 2value 2val1 2val1 -> 1 2 }t
t{ 3 4 to 2val1 2val1 -> 3 4 }t
: set-2val to 2val1 ;
t{ 5 6 set-2val 2val1 -> 5 6 }t
t{ 1. -> 1 0 }t
t{ -2. -> -2 -1 }t
t{ base @ hex -ff. rot base ! -> -255 -1 }t

\ DNEGATE D+ D-
t{ 0. dnegate -> 0. }t
t{ -1. dnegate -> 1. }t
t{ max-2int dnegate -> min-2int 1 0 d+ }t
t{ 5. -2. d+ -> 3. }t
t{ max-2int 1. d+ -> min-2int }t
t{ max-2int min-2int d+ -> -1. }t
t{ -1 0 1 0 d+ -> 0 1 }t
t{ 0. 5. d- -> -5. }t
t{ min-2int 1. d- -> max-2int }t
t{ 0 1 1 0 d- -> -1 0 }t

\ D0< D0= D2* D2/ D< D= DU<
t{ 0. d0< -1. d0< min-2int d0< max-2int d0< 1 -1 d0< -> false true true false true }t
t{ 0. d0= 1. d0= 0 1 d0= -> true false false }t
t{ 1. d2* max-2int d2* min-2int d2* 0 1 d2* -> 2. -2. 0. 0 2 }t
t{ 1. d2/ -1. d2/ min-2int d2/ 0 1 d2/ -> 0. -1. 0 -1 1 rshift invert 2/ 1 63 lshift 0 }t
t{ 0. 1. d< 1. 0. d< min-2int max-2int d< -1 0 0 1 d< 0 1 -1 0 d< -> true false true true false }t
t{ -1. -1. d= 0. 1. d= 0 1 0 0 d= -> true false false }t
t{ 1. -1. du< -1. 1. du< min-2int max-2int du< max-2int min-2int du< -> true false false true }t

\ D>S DABS DMAX DMIN M+ 2ROT
t{ 1234 0 d>s -4321 -1 d>s -> 1234 -4321 }t
t{ -1. dabs 5. dabs max-2int dabs -> 1. 5. max-2int }t
t{ min-2int dabs -> min-2int }t
t{ 1. 2. dmax -1. -2. dmax max-2int min-2int dmax -> 2. -1. max-2int }t
t{ 1. 2. dmin -1. -2. dmin max-2int min-2int dmin -> 1. -2. min-2int }t
t{ 5. -7 m+ -1 0 1 m+ max-2int -1 m+ -> -2. 0 1 max-2int 1. d- }t
t{ min-2int 1 m+ -> min-2int 1. d+ }t
t{ 1. 2. 3. 2rot -> 2. 3. 1. }t

\ M*/ with a product of three cells
t{ 5. 7 11 m*/ -> 3. }t
t{ 5. -7 11 m*/ -> -4. }t
t{ -5. 7 11 m*/ -> -4. }t
t{ -5. -7 11 m*/ -> 3. }t
t{ max-2int 8 16 m*/ -> max-2int 1. d- d2/ }t
t{ max-2int -1 1 rshift dup m*/ -> max-2int }t
t{ min-2int -1 1 rshift dup m*/ -> min-2int }t
t{ min-2int 2 2 m*/ -> min-2int }t
t{ 0 1 3 2 m*/ -> 1 63 lshift 1 }t

\ D. D.R
t{ max-2int d. min-2int d. 1. 5 d.r -1. 1 d.r -> }t

\ CATCH THROW
: t1 9 ;
: c1 1 2 3 ['] t1 catch ;
t{ c1 -> 1 2 3 9 0 }t
: t2 8 0 throw ;
: c2 1 2 ['] t2 catch ;
t{ c2 -> 1 2 8 0 }t
: t3 7 8 9 99 throw ;
: c3 1 2 ['] t3 catch ;
t{ c3 -> 1 2 99 }t
: t4 1- dup 0> if recurse else 999 throw -222 then ;
: c4 3 4 5 10 ['] t4 catch -111 ;
t{ c4 -> 3 4 5 0 999 -111 }t
: t5 2drop 2drop 9999 throw ;
: c5 1 2 3 4 ['] t5 catch >r depth case-bottom @ - >r 2drop 2drop r> r> ;
t{ c5 -> 4 9999 }t
: nested 10 ['] t3 catch throw ;
t{ ' nested catch -> 99 }t
: inner ['] t2 catch drop drop 55 throw ;
: outer ['] inner catch 1+ ;
t{ outer -> 56 }t

\ ABORT ABORT"
: a1 abort ;
: a2 abort" not shown when caught" ;
t{ ' a1 catch -> -1 }t
t{ -1 ' a2 catch nip 0 ' a2 catch -> -2 0 }t
t{ : a3 1 abort" x" ; ' a3 catch -> -2 }t

\ numbers of the machine itself
: underflows drop drop drop drop drop drop drop ;
t{ ' underflows catch -> -4 }t
: div0 1 0 / ;
t{ ' div0 catch -> -10 }t
: unknown s" 333 $$qwerty$$ 334" evaluate 335 ;
t{ ' unknown catch -> -13 }t
: unknown2 s" 222 unknown 223" evaluate 224 ;
: unknown3 s" 111 112 unknown2 113" evaluate 114 ;
t{ 6 7 ' unknown3 catch -> 6 7 -13 }t
t{ s" 1 if" ' evaluate catch nip nip -> -14 }t
t{ s" '" ' evaluate catch nip nip -> -16 }t
: bad-address 0 @ ;
t{ ' bad-address catch -> -9 }t
: too-many begin 1 again ;
t{ ' too-many catch -> -3 }t
: too-deep recurse 1 drop ;
t{ ' too-deep catch -> -5 }t
: r-under r> r> drop ;
t{ ' r-under catch -> -6 }t

\ the source goes back to where CATCH was
t{ s" 1 2 throw 3" ' evaluate catch nip nip -> 2 }t
t{ : nothing-here ; ' nothing-here catch 5 -> 0 5 }t
: in-source s" 77 throw" evaluate ;
t{ ' in-source catch char x parse yx nip -> 77 1 }t

\ loops and locals are unwound
: in-loop 5 0 do i 3 = if 33 throw then loop ;
: around 3 0 do ['] in-loop catch i loop ;
t{ around -> 33 0 33 1 33 2 }t
: with-local {: a :} a throw ;
: keeps-local {: b :} 44 ['] with-local catch nip b ;
t{ 8 keeps-local -> 44 8 }t

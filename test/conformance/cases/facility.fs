\ BEGIN-STRUCTURE END-STRUCTURE +FIELD FIELD: CFIELD:
begin-structure point  field: p.x  field: p.y  end-structure
t{ point -> 16 }t
t{ 0 p.x 0 p.y -> 0 8 }t
begin-structure mixed  cfield: m.a  field: m.b  cfield: m.c  3 +field m.d  field: m.e  end-structure
t{ 0 m.a 0 m.b 0 m.c 0 m.d 0 m.e mixed -> 0 8 16 17 24 32 }t
create p1 point allot
t{ 5 p1 p.x ! 6 p1 p.y ! p1 p.x @ p1 p.y @ p1 2@ -> 5 6 6 5 }t
begin-structure line  point +field l.from  point +field l.to  end-structure
t{ line 0 l.to p.y -> 32 24 }t
begin-structure nothing  end-structure
t{ nothing -> 0 }t
: in-word p.y ;
t{ 100 in-word -> 108 }t

\ KEY? EKEY? EMIT? and the events of keys
t{ key? ekey? xkey? emit? -> false false false true }t
t{ 65 ekey>char -> 65 true }t
t{ k-up ekey>char nip -> false }t
t{ k-up ekey>fkey -> k-up true }t
t{ 65 ekey>fkey nip -> false }t
t{ 8364 ekey>xchar -> 8364 true }t
t{ k-f1 k-shift-mask or ekey>fkey -> k-f1 k-shift-mask or true }t
: all-keys k-left k-right k-up k-down k-home k-end k-prior k-next k-insert k-delete
  k-f1 k-f2 k-f3 k-f4 k-f5 k-f6 k-f7 k-f8 k-f9 k-f10 k-f11 k-f12 ;
: all-fkeys ( -- flag ) true k-f12 1+ k-left do i ekey>fkey nip and loop ;
t{ all-fkeys -> true }t
t{ k-left k-right = k-up k-down = k-alt-mask k-ctrl-mask = -> false false false }t
: waits ekey drop xkey drop ;
: drop-all ( i*x n -- ) 0 do drop loop ;
t{ all-keys 22 drop-all -> }t

\ TIME&DATE MS AT-XY PAGE
: time-fits? ( s m h d mon y -- flag ) 1969 > swap 1 13 within and swap 1 32 within and swap 24 < and swap 60 < and swap 60 < and ;
t{ time&date time-fits? -> true }t
t{ 0 ms 0 0 at-xy page -> }t

\ ALLOCATE FREE RESIZE
variable block1
t{ 100 allocate swap block1 ! -> 0 }t
t{ block1 @ aligned -> block1 @ }t
t{ 7 block1 @ ! block1 @ @ -> 7 }t
t{ block1 @ 28 + 4 + 1 swap c! -> }t
: numbers ( addr n -- ) 0 ?do i over i cells + ! loop drop ;
: numbers? ( addr n -- flag ) true swap 0 ?do over i cells + @ i = and loop nip ;
t{ block1 @ 12 numbers block1 @ 12 numbers? -> true }t
t{ block1 @ 1000 resize swap block1 ! -> 0 }t
t{ block1 @ 12 numbers? -> true }t
t{ block1 @ 16 resize swap block1 ! -> 0 }t
t{ block1 @ 2 numbers? -> true }t
t{ block1 @ -1 resize swap block1 @ = swap 0= -> true false }t
t{ block1 @ free -> 0 }t
t{ -1 allocate nip 0= -> false }t
t{ 0 allocate swap free -> 0 0 }t
t{ block1 @ free 0= -> false }t
t{ 5 allocate drop 5 allocate drop <> -> true }t

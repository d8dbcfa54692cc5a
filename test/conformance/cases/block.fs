1 63 lshift constant min-cell
\ BLOCK BUFFER UPDATE SAVE-BUFFERS EMPTY-BUFFERS FLUSH
: put ( c-addr u n -- ) block dup 1024 blank swap move update ;
t{ 20 block aligned -> 20 block }t
t{ 20 block 20 buffer = -> true }t
t{ 20 block 1024 char x fill update 20 block 1023 + c@ -> char x }t
t{ flush 20 block c@ 20 block 1023 + c@ -> char x char x }t
t{ 20 block 1024 blank update save-buffers empty-buffers 20 block c@ -> bl }t
t{ char y 20 block c! empty-buffers 20 block c@ -> bl }t
t{ char y 20 block c! update 21 block drop 22 block drop 23 block drop 24 block drop 25 block drop 20 block c@ -> char y }t
t{ 20 block 21 block = -> false }t
t{ 26 buffer 1024 char z fill update 27 buffer 1024 char q fill update 26 block c@ 27 block c@ -> char z char q }t
: bad-block 0 block ;
t{ ' bad-block catch -> -35 }t

\ LOAD THRU BLK
s" 1 2 +" 20 put
t{ 20 load blk @ -> 3 0 }t
s" blk @" 21 put
t{ 21 load -> 21 }t
s" 21 load blk @" 22 put
t{ 22 load -> 21 22 }t
t{ 20 22 thru -> 3 21 21 22 }t
s" source nip >in @ 0>" 23 put
t{ 23 load -> 1024 true }t
s" 23 block drop 24 block drop 25 block drop 26 block drop 27 block drop 5 6" 28 put
t{ 28 load -> 5 6 }t
min-cell 0 <# #s #> 29 put
t{ 29 load -> min-cell }t
s" 1 refill 3 4" 20 put   s" 2 blk @" 21 put
t{ 20 load -> 1 true 2 21 }t
t{ 20 21 thru -> 1 true 2 21 2 21 }t
s\" s\" blk @\" evaluate blk @" 22 put
t{ 22 load -> 0 22 }t
s" 7 throw" 23 put
t{ 23 ' load catch nip blk @ -> 7 0 }t
s" : from-block 77 ;" 24 put
t{ 24 load from-block -> 77 }t
s" source-id save-input nip nip nip nip" 25 put
t{ 25 block 1024 blank s" 1 \ 2" 25 block swap move s" 3" 25 block 64 + swap move update 25 load -> 1 3 }t
t{ 25 block 1024 blank s" 4 ( 5 " 25 block swap move s" 6 ) 7" 25 block 64 + swap move update 25 load -> 4 7 }t
t{ 25 block 1024 blank s" 8 \" 25 block 60 + swap move s" 9" 25 block 64 + swap move update 25 load -> 8 9 }t
t{ 26 list scr @ -> 26 }t
t{ -1 ' block catch nip -> -35 }t

\ INCLUDED INCLUDE REQUIRED REQUIRE, on files that run-cases.ts has: one-word.fs defines one-word and counts
\ how often it was read; source.fs leaves what it knows of itself; throws.fs throws.
variable reads   0 reads !
t{ s" one-word.fs" included reads @ one-word -> 1 11 }t
t{ include one-word.fs reads @ -> 2 }t
t{ s" one-word.fs" required reads @ -> 2 }t
t{ require one-word.fs reads @ -> 2 }t
t{ s" once.fs" required reads @ s" once.fs" required reads @ require once.fs reads @ -> 3 3 3 }t
t{ 5 s" source.fs" included -> 5 true 7 8 true }t
t{ s" source.fs" ' included catch -> true 7 8 true 0 }t
t{ s" throws.fs" ' included catch nip nip -> 33 }t
t{ s" no-such-file.fs" ' included catch nip nip -> -38 }t
t{ source-id s" source.fs" included 2drop 2drop source-id = -> true }t
t{ s" include one-word.fs 4" evaluate reads @ -> 4 4 }t
: in-definition s" one-word.fs" included 9 ;
t{ in-definition reads @ -> 9 5 }t
marker before   require marked.fs
t{ before reads @ require marked.fs reads @ -> 6 7 }t

\ comments over lines, REFILL, SAVE-INPUT, S" and S\" in files
t{ ( one
   two ) 1 -> 1 }t
t{ s" several-lines.fs" included -> 1 5 true 2 }t
t{ 1 refill
-> 1 true }t
t{ s" a" drop c@ s\" \x41" drop c@ -> 97 65 }t

\ CREATE-FILE OPEN-FILE CLOSE-FILE DELETE-FILE R/O W/O R/W BIN
variable fid
t{ s" a.txt" w/o create-file swap fid ! -> 0 }t
t{ fid @ close-file -> 0 }t
t{ s" a.txt" r/w bin open-file swap fid ! -> 0 }t
t{ fid @ close-file -> 0 }t
t{ s" no-such.txt" r/o open-file nip 0= -> false }t
t{ s" a.txt" delete-file -> 0 }t
t{ s" a.txt" delete-file 0= s" a.txt" r/o open-file nip 0= -> false false }t

\ WRITE-FILE WRITE-LINE READ-FILE READ-LINE FILE-POSITION REPOSITION-FILE FILE-SIZE RESIZE-FILE FLUSH-FILE
create buffer1 100 allot
: text= ( u c-addr u -- flag ) buffer1 3 pick 2swap compare 0= nip ;
t{ s" b.txt" r/w create-file swap fid ! -> 0 }t
t{ s" first" fid @ write-line s" second line" fid @ write-line s" third" fid @ write-file -> 0 0 0 }t
t{ fid @ flush-file -> 0 }t
t{ fid @ file-size -> 23 0 0 }t
t{ fid @ file-position -> 23 0 0 }t
t{ 0 0 fid @ reposition-file fid @ file-position -> 0 0 0 0 }t
t{ buffer1 100 fid @ read-line rot s" first" text= -> true 0 true }t
t{ fid @ file-position -> 6 0 0 }t
t{ buffer1 6 fid @ read-line rot s" second" text= -> true 0 true }t
t{ buffer1 100 fid @ read-line rot s"  line" text= -> true 0 true }t
t{ buffer1 100 fid @ read-line rot s" third" text= -> true 0 true }t
t{ buffer1 100 fid @ read-line -> 0 false 0 }t
t{ buffer1 100 fid @ read-file -> 0 0 }t
t{ 6 0 fid @ reposition-file buffer1 6 fid @ read-file swap s" second" text= -> 0 0 true }t
t{ 5 0 fid @ resize-file fid @ file-size -> 0 5 0 0 }t
t{ 0 0 fid @ reposition-file buffer1 100 fid @ read-file swap s" first" text= -> 0 0 true }t
t{ s" " fid @ write-line fid @ file-size -> 0 6 0 0 }t
t{ fid @ close-file fid @ close-file 0= -> 0 false }t

\ INCLUDE-FILE FILE-STATUS RENAME-FILE
t{ s" one-word.fs" r/o open-file drop include-file one-word -> 11 }t
t{ s" b.txt" file-status nip -> 0 }t
t{ s" b.txt" s" c.txt" rename-file -> 0 }t
t{ s" b.txt" file-status nip 0= s" c.txt" file-status nip -> false 0 }t

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

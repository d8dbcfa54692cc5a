"" "pear" add-item "apple" add-item "fig" add-item sorted constant fruit
fruit 0 item "apple" assert=   fruit 1 item "fig" assert=   fruit 2 item "pear" assert=   fruit items 3 assert=
"" sorted "" assert=   "" "one" add-item sorted items 1 assert=
"" 10 add-item 9 add-item 2.5 add-item 9 add-item -1 add-item constant numbers
numbers sorted-numbers 0 item -1 assert=   numbers sorted-numbers 1 item 2.5 assert=   numbers sorted-numbers 4 item 10 assert=
: by-length ( a b -- flag ) bytes-length swap bytes-length > ;
"" "ccc" add-item "bb" add-item "aaa" add-item "dd" add-item ' by-length sorted-by constant words-sorted
words-sorted 0 item "bb" assert=   words-sorted 1 item "dd" assert=   words-sorted 2 item "ccc" assert=   words-sorted 3 item "aaa" assert=
: backwards ( n -- list ) "" swap begin dup while dup 1000 + rot swap add-item swap 1- repeat drop ;
40 backwards sorted dup 0 item 1001 assert= 39 item 1040 assert=

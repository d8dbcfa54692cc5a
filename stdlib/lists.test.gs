"" "a" add-item "b\nc" add-item "100% =x" add-item constant three
three items 3 assert=        "" items 0 assert=
three 0 item "a" assert=     three 1 item "b\nc" assert=    three 2 item "100% =x" assert=
three 9 item "" assert=
three rest-items items 2 assert=
"%0a" dup coded uncoded assert=
three "a" has-item? assert   three "b" has-item? 0= assert   three "b\nc" has-item? assert
"" value seen   : note ( item -- ) "<" join seen swap join to seen ;
three ' note each-item   seen "a<b\nc<100% =x<" assert=

"" "name" "Ann" map-put "age" 42 map-put constant ann
ann "name" map-get "Ann" assert=   ann "age" map-get 42 assert=   ann "x" map-get "" assert=
ann "nam" has-key? 0= assert       ann "ame" has-key? 0= assert   ann "age" has-key? assert
ann "name" "Bob" map-put "name" map-get "Bob" assert=
ann "name" "Bob" map-put items 2 assert=
ann "name" map-remove "name" has-key? 0= assert
ann "name" map-remove "age" map-get 42 assert=
"" "k=\n" "v=\n" map-put "k=\n" map-get "v=\n" assert=

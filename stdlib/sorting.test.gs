"" "pear" add-item "apple" add-item "fig" add-item sorted constant fruit
fruit 0 item "apple" assert=   fruit 1 item "fig" assert=   fruit 2 item "pear" assert=
"" sorted "" assert=
"" 10 add-item 9 add-item 2.5 add-item constant numbers
: smaller? ( a b -- flag ) >decimal swap >decimal > ;
' smaller? is before?
numbers sorted 0 item 2.5 assert=   numbers sorted 2 item 10 assert=

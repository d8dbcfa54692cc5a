-1 assert
2 2.0 assert=
"a" "a" assert=
: wrong ( -- )  0 assert ;
' wrong assert-throws
: fine  ( -- )  -1 assert ;
: too-fine ( -- ) ['] fine assert-throws ;
' too-fine assert-throws

"" >base64 "" assert=   "f" >base64 "Zg==" assert=   "fo" >base64 "Zm8=" assert=   "foo" >base64 "Zm9v" assert=
"foobar" >base64 "Zm9vYmFy" assert=
"Hello World!" >base58 "2NEpo7TZRRrLZSi2U" assert=
"2NEpo7TZRRrLZSi2U" base58> >text "Hello World!" assert=
"0000287fb4cd" hex> >base58 "11233QC4" assert=   "11233QC4" base58> >hex "0000287fb4cd" assert=
"" >base58 "" assert=   "" base58> bytes-length 0 assert=
: bad ( -- ) "0OIl" base58> drop ;   ' bad assert-throws
"" base64> bytes-length 0 assert=   "Zg==" base64> >text "f" assert=   "Zm8=" base64> >text "fo" assert=
"Zm9v" base64> >text "foo" assert=  "Zm9vYmFy" base64> >text "foobar" assert=
"fffefdfcfb" hex> dup >base64 base64> = assert
: bad64 ( text -- ) base64> drop ;
: short ( -- ) "Zg" bad64 ;  ' short assert-throws    : long ( -- ) "Zg==Zg" bad64 ;  ' long assert-throws
: loose ( -- ) "Zh==" bad64 ;  ' loose assert-throws  : other ( -- ) "Z!==" bad64 ;  ' other assert-throws
: one ( -- ) "A" bad64 ;  ' one assert-throws

\ assertions: stop a program that is wrong, and say what was found.
: assert        ( flag -- )       0= abort" assertion failed" ;
: assert=       ( found wanted -- ) 2dup = if 2drop exit then
                                  ." found " swap . ." but wanted " . cr  0 assert ;
: assert-throws ( xt -- )         catch 0<> assert ;

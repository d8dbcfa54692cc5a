\ dates: civil dates and times of seconds since 1970, in UTC; now is the block's time.
use strings
86400 constant seconds-in-day

\ Days since 1970-01-01 and back. Years begin in March here, so that a leap day is the last of its year.
: march-year ( year month -- year n )   9 + 12 /mod rot + 1- swap ;
: leap-days  ( year -- n )              dup 4 / over 100 / - swap 400 / + ;
: date>days  ( year month day -- days ) >r march-year 153 * 2 + 5 / swap dup 365 * swap leap-days + + r> + 719469 - ;
: year-of    ( day-of-era -- year )     dup dup 1460 / - over 36524 / + swap 146096 / - 365 / ;
: day-of-year ( day-of-era -- year n )  dup year-of tuck dup 365 * swap dup 4 / swap 100 / - + - ;
: month-day  ( year n -- year month day ) dup 5 * 2 + 153 / tuck 153 * 2 + 5 / - 1+
                                        >r 2 + 12 /mod rot + swap 1+ r> ;
: days>date  ( days -- year month day ) 719468 + 146097 /mod 400 * >r day-of-year swap r> + swap month-day ;

\ Seconds since 1970.
: date>seconds ( year month day -- seconds ) date>days seconds-in-day * ;
: seconds>date ( seconds -- year month day ) seconds-in-day / days>date ;
: clock>seconds ( hour minute second -- seconds ) swap 60 * + swap 3600 * + ;
: seconds>clock ( seconds -- hour minute second ) seconds-in-day mod 3600 /mod swap 60 /mod swap ;

\ The time of the block that is executed, or of the base that a session stands on.
: now        ( -- seconds )             time&date swap rot date>seconds >r swap rot clock>seconds r> + ;

\ 0 is Sunday.
: weekday    ( seconds -- n )           seconds-in-day / 4 + 7 mod ;
: weekday-name ( seconds -- text )      weekday 3 * "SunMonTueWedThuFriSat" swap 3 slice ;

: two-digits ( n -- text )              100 + >text 1 from ;
: four-digits ( n -- text )             10000 + >text 1 from ;
: iso-date   ( seconds -- text )        seconds>date two-digits >r two-digits >r four-digits "-" join r> join "-" join r> join ;
: iso-time   ( seconds -- text )        seconds>clock two-digits >r two-digits >r two-digits ":" join r> join ":" join r> join ;
: iso        ( seconds -- text )        dup iso-date "T" join swap iso-time join "Z" join ;

\ Reads 2026-11-21 or 2026-11-21T14:05:09Z; anything else, a 30th of February too, is refused.
: part       ( text at n -- number )    slice >cell ;
: read-date  ( text -- seconds )        dup 0 4 part over 5 2 part rot 8 2 part date>seconds ;
: read-clock ( text -- seconds )        dup bytes-length 11 < if drop 0 exit then
                                        dup 11 2 part over 14 2 part rot 17 2 part clock>seconds ;
: written-as? ( text seconds -- flag )  2dup iso = >r iso-date = r> or ;
: iso>       ( text -- seconds )        dup read-date over read-clock + tuck written-as? 0=
                                        abort" this is no date like 2026-11-21 or 2026-11-21T14:05:09Z" ;

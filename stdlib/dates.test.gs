1970 1 1 date>days 0 assert=      2000 3 1 date>days 11017 assert=   1969 12 31 date>days -1 assert=
2026 11 21 date>seconds 1795219200 assert=
: same-day ( days -- ) dup days>date date>days assert= ;
: many-days ( -- ) 800000 -800000 do i same-day 997 +loop ;   many-days
1795269909 seconds>clock 9 assert= 5 assert= 14 assert=
1795269909 iso "2026-11-21T14:05:09Z" assert=   -1 iso "1969-12-31T23:59:59Z" assert=
951782400 iso-date "2000-02-29" assert=   4107542400 iso-date "2100-03-01" assert=
1795269909 weekday 6 assert=   1795269909 weekday-name "Sat" assert=   0 weekday-name "Thu" assert=
"2026-11-21T14:05:09Z" iso> 1795269909 assert=   "2026-11-21" iso> 1795219200 assert=
"1600-01-01" iso> iso-date "1600-01-01" assert=
: bad-day ( -- ) "2026-02-30" iso> drop ;   ' bad-day assert-throws
: bad-hour ( -- ) "2026-02-03T24:00:00Z" iso> drop ;   ' bad-hour assert-throws
: bad-form ( -- ) "2026-2-3" iso> drop ;   ' bad-form assert-throws
: bad-text ( -- ) "tomorrow" iso> drop ;   ' bad-text assert-throws
now 0 < 0= assert

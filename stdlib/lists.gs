\ lists: lists and maps in one text entry, an item or key=value to a line.
\ They can stand in a value, in a file, in a package. Items are any text; what would break a line is
\ written as %25 %0a %3d.
use strings
"\n" constant newline

: coded      ( text -- coded )      "%" "%25" replace-all newline "%0a" replace-all "=" "%3d" replace-all ;
: uncoded    ( coded -- text )      "%3d" "=" replace-all "%0a" newline replace-all "%25" "%" replace-all ;

: add-item   ( list item -- list )  coded join newline join ;
: first-item ( list -- item )       newline before uncoded ;
: rest-items ( list -- list )       newline after ;
: items      ( list -- n )          0 swap begin dup empty? 0= while swap 1+ swap rest-items repeat drop ;
: item       ( list n -- item )     0 ?do rest-items loop first-item ;
: each-item  ( list xt -- )         {: xt :}
  begin dup empty? 0= while dup rest-items >r first-item xt execute r> repeat drop ;
: has-item?  ( list item -- flag )  newline -rot coded newline join newline swap join >r join r> contains? ;

\ Maps: the key's line begins behind a line's end, so that a key is never found inside another.
: key-mark   ( key -- mark )        newline swap coded join "=" join ;
: has-key?   ( map key -- flag )    newline rot join swap key-mark contains? ;
: map-get    ( map key -- value )   newline rot join swap key-mark after newline before uncoded ;
: map-remove ( map key -- map )     2dup has-key? 0= if drop exit then
  newline rot join swap key-mark split newline after  swap newline join swap join  1 from ;
: map-put    ( map key value -- map ) {: key value :}  key map-remove
  key coded join "=" join value coded join newline join ;

\ strings: parts, search and replacement in text and bytes entries.
\ Positions count bytes from 0; what is outside is empty.
: empty?     ( x -- flag )          bytes-length 0= ;
: left       ( x n -- part )        0 swap slice ;
: from       ( x at -- part )       over bytes-length slice ;
: right      ( x n -- part )        over bytes-length swap - 0 max from ;
: cut        ( x at n -- before after ) >r 2dup left -rot r> + from ;

\ Beginnings and ends are compared as bytes, since a text cannot be cut inside a character.
: starts?    ( x part -- flag )     swap >bytes swap tuck bytes-length left = ;
: ends?      ( x part -- flag )     swap >bytes swap tuck bytes-length right = ;
: contains?  ( x part -- flag )     position 0< 0= ;

: before     ( x part -- y )        over swap position dup 0< if drop else left then ;
: after      ( x part -- y )        2dup position dup 0< if 2drop drop "" exit then
                                    over bytes-length + nip from ;
: split      ( x part -- before after ) 2dup before -rot after ;

: repeated   ( x n -- y )           "" swap 0 ?do over join loop nip ;
: pad-left   ( x n -- y )           over bytes-length - 0 max " " swap repeated swap join ;
: pad-right  ( x n -- y )           over bytes-length - 0 max " " swap repeated join ;

: replace-all ( x old new -- y )    {: old new :}  "" swap
  begin  dup old position dup 0< 0=  while
    old bytes-length cut  >r new join join r>
  repeat  drop join ;

\ Runs xt ( part -- ) for each part between separators, in order.
: each-part  ( x separator xt -- )  {: separator xt :}
  begin  dup separator contains?  while
    separator split  >r xt execute r>
  repeat  xt execute ;

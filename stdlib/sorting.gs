\ sorting: lists in any order, by merging; equal items keep their places.
use lists

: move-item  ( list out -- list out ) over first-item add-item swap rest-items swap ;
: halves     ( list -- first rest )  "" over items 2/ 0 ?do move-item loop swap ;

\ Joins two sorted lists. An item of b goes first only if xt ( a b -- flag ) wants it before that of a.
: merged     ( a b xt -- list )      {: before? :} ""
  begin  2 pick empty? 2 pick empty? or 0=  while
    over first-item 3 pick first-item before? execute
    if move-item else rot swap move-item rot swap then
  repeat  -rot join join ;

\ Sorts by an order of yours: xt ( a b -- flag ) is true if a must come before b.
: sorted-by  ( list xt -- list )     over items 2 < if drop exit then
  >r halves  r@ recurse swap  r@ recurse swap  r> merged ;
: sorted     ( list -- list )        ['] < sorted-by ;

: less?      ( a b -- flag )         >decimal swap >decimal > ;
: sorted-numbers ( list -- list )    ['] less? sorted-by ;

\ sorting: lists of text, by any order, by insertion: for the short lists that people make.
defer before? ( a b -- flag )       \ true if a must come before b
' < is before?

\ Puts an item into a list that is sorted already.
: insert-item ( list item -- list ) {: item :} ""
  begin over empty? if 0 else over first-item item before? then while
    over first-item add-item swap rest-items swap
  repeat item add-item swap join ;

: sorted     ( list -- list )       "" begin over empty? 0= while
                                    over first-item insert-item swap rest-items swap repeat nip ;

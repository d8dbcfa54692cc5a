\ Cases read  T{ what to do -> what it must leave }T . A wrong one prints its line.
variable case-bottom   variable case-depth   variable cases-run   variable cases-wrong
create case-results 64 cells allot

: clear-to   ( i*x n -- j*x )  begin depth 1- over > while nip repeat drop ;
: wrong-case ( -- )      1 cases-wrong +!  ." wrong: " source type cr ;
: case-depth-now ( -- n )  depth case-bottom @ - ;
: t{         ( -- )      depth case-bottom !  1 cases-run +! ;
: ->         ( i*x -- )  case-depth-now dup case-depth !  0 max 0 ?do case-results i cells + ! loop ;
: same-results? ( i*x -- flag )
  true case-depth @ 0 max 0 ?do swap case-results i cells + @ = and loop ;
: }t         ( i*x -- )
  case-depth-now case-depth @ = if same-results? 0= if wrong-case then exit then
  wrong-case  case-bottom @ clear-to ;

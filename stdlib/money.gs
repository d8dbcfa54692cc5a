\ money: exact amounts of coins; what cannot be shared is left over.
1000000000000000000 constant units-in-coin

: >units     ( coins -- units )     units-in-coin >decimal * >integer ;
: units>     ( units -- coins )     >decimal units-in-coin / ;
: percent    ( amount n -- part )   * 100.0 / ;
: rounded    ( amount -- amount )   2 round-to ;

\ Equal shares in whole units, and the units that are left over.
: share      ( coins n -- share left-over ) >r >units r@ over swap mod units>  swap r> / units> swap ;

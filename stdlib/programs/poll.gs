#!grid
\ poll: a question that whoever holds the right to vote on this file answers once; enough yes can grant a right.

\ Before it is activated only its owner shapes it; after that nobody does.
: owned    ( -- )                    caller my-address = 0= abort" only the poll's owner may do that" ;
: draft    ( -- )                    "state" kv@ abort" the poll is active: nobody changes it any more" ;
: create   ( question threshold -- ) owned draft  dup 1 < abort" it takes at least one yes"
                                     "threshold" kv! "question" kv! ;
: grants   ( path entry -- )         owned draft  "entry" kv! "path" kv! ;
: activate ( -- )                    owned draft  "question" kv? 0= abort" first: create QUESTION THRESHOLD"
                                     1 "state" kv! ;

\ Every right that a poll grants is its owner's to give.
: grant    ( -- )                    "entry" kv? if "path" kv@ "entry" kv@ 0 setfaclEx then ;
: pass     ( -- )                    2 "state" kv! grant  "question" kv@ "passed" emit-event ;
: active   ( -- )                    "state" kv@ 1 = 0= abort" the poll is not active" ;
: voter    ( -- key )                "vote of " caller join ;
: entitled ( -- )                    self "vote" caller mayOfEx 0= abort" you do not hold the right to vote here"
                                     voter kv? abort" you have voted already" ;
: known    ( answer -- )             dup "yes" = swap "no" = or 0= abort" answer yes or no" ;
: tally    ( answer -- n )           dup kv@ 1+ tuck swap kv! ;
: enough?  ( answer n -- flag )      "threshold" kv@ = swap "yes" = and ;
: vote     ( answer -- )             active entitled dup known  dup voter kv!  dup tally enough? if pass then ;

\ 0 draft, 1 active, 2 passed.
: status   ( -- yes no state )       "yes" kv@ "no" kv@ "state" kv@ ;
export create grants activate vote status

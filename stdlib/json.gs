\ json: finds a value in a JSON text, and writes JSON of lists and maps.
\ A value found is itself JSON (`"a"`, `12`, `[1, 2]`), or empty if there is none; json>text makes plain
\ text of it.
use lists
use encodings

\ A place in a text is ( json at ); beyond the end, peek leaves -1.
: peek       ( json at -- json at byte )   2dup swap bytes-length < if 2dup byte-at else -1 then ;
: blank?     ( byte -- flag )              dup 0> swap 33 < and ;
: blanks     ( json at -- json at )        begin peek blank? while 1+ repeat ;
: opens?     ( byte -- flag )              dup '{' = swap '[' = or ;
: closes?    ( byte -- flag )              dup '}' = swap ']' = or ;
: ends-text? ( byte -- flag )              dup '"' = swap 0< or ;
: ends-plain? ( byte -- flag )             dup 33 < over ',' = or swap closes? or ;

: text-end   ( json at -- json end )       1+ begin peek ends-text? 0= while
                                           peek 92 = if 2 + else 1+ then repeat 1+ ;
: onward     ( json at -- json at )        peek '"' = if text-end else 1+ then ;
: deeper     ( byte -- n )                 dup closes? swap opens? - ;
: nested-end ( json at -- json end )       0 >r begin peek deeper r> + >r onward r@ 0> while
                                           peek 0< abort" this JSON does not close" repeat rdrop ;
: plain-end  ( json at -- json end )       begin peek ends-plain? 0= while 1+ repeat ;
: value-end  ( json at -- json end )       peek '"' = if text-end exit then
                                           peek opens? if nested-end exit then  plain-end ;
: next-value ( json at -- json end value ) blanks 2dup value-end nip >r
                                           2dup r@ over - slice nip r> swap ;

\ Escapes. A character beyond the first 65,536 is written as two halves.
: code       ( text -- n )                 4 left hex> bytes>number ;
: high-half? ( n -- flag )                 $d800 $dc00 within ;
: two-halves ( high rest -- char rest )    dup 6 from >r 2 from code $dc00 - swap $d800 - 1024 * + 65536 + char> r> ;
: coded-char ( rest -- char rest )         dup code swap 4 from over high-half? if two-halves else swap char> swap then ;
: control    ( letter -- letter )          "bfnrt" over position dup 0< if drop else nip "\u{8}\u{c}\n\r\t" swap 1 slice then ;
: escape     ( rest -- char rest )         dup 1 left swap 1 from over "u" = if nip coded-char else swap control swap then ;
: unescaped  ( coded -- text )             "" swap begin dup "\\" contains? while
                                           "\\" split >r join r> escape >r join r> repeat join ;
: json>text  ( json -- text )              >text dup '"' char> starts? if 1 from dup bytes-length 1- left unescaped then ;

: json-item  ( json n -- value )           swap >bytes 0 blanks 1+  rot 0 ?do next-value drop blanks 1+ loop
                                           next-value nip nip >text ;
: json-field ( json key -- value )         {: key :}  >bytes 0 blanks 1+
  begin  blanks peek '"' =  while
    next-value json>text key =  >r blanks 1+ next-value r>
    if nip nip >text exit then  drop blanks 1+
  repeat  2drop "" ;

: hex4       ( n -- text )                 256 /mod byte> swap byte> join >hex ;
: no-controls ( text -- text )             32 0 do i char> "\\u" i hex4 join replace-all loop ;
: >json      ( text -- json )              "\\" "\\\\" replace-all  '"' char> "\\\"" replace-all
                                           no-controls  '"' char> dup rot swap join join ;
: comma-join ( json value -- json )        over bytes-length 1 > if swap "," join swap then join ;
: list>json  ( list -- json )              "[" swap begin dup empty? 0= while
                                           dup rest-items >r first-item >json comma-join r> repeat drop "]" join ;
: pair>json  ( line -- json )              dup "=" before uncoded >json ":" join swap
                                           newline before "=" after uncoded >json join ;
: map>json   ( map -- json )               "{" swap begin dup empty? 0= while
                                           dup rest-items >r pair>json comma-join r> repeat drop "}" join ;

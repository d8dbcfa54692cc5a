\ encodings: bytes as base58 and base64 text; hex is in the machine.
use strings
"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz" constant base58-digits
"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/" constant base64-digits

: digit      ( n digits -- text )   swap 1 slice ;
: digit-value ( x i digits -- n )   >r 1 slice r> swap position dup 0< abort" no digit of this base" ;
: bytes>number ( bytes -- n )       0 over bytes-length 0 ?do 256 big* over i byte-at big+ loop nip ;
: number>bytes ( n -- bytes )       "" >bytes swap begin dup while 256 /mod swap byte> rot join swap repeat drop ;

\ Base58 keeps zero bytes at the front as the digit 1, and the rest as one large number.
: zeros      ( x byte -- n )        {: byte :} 0 begin 2dup swap bytes-length < while
                                    2dup byte-at byte = while 1+ repeat then nip ;
: >base58    ( x -- text )          >bytes dup 0 zeros "1" swap repeated swap bytes>number
                                    "" swap begin dup while 58 /mod swap base58-digits digit rot join swap repeat drop join ;
: base58>    ( text -- bytes )      dup 49 zeros 0 byte> swap "" >bytes -rot repeated join swap
                                    0 over bytes-length 0 ?do 58 big* over i base58-digits digit-value big+ loop nip
                                    number>bytes join ;

\ Base64: three bytes are four digits; `=` fills the last group.
: group      ( x at -- n )          3 slice bytes>number ;
: digits4    ( n -- text )          "" swap 4 0 do 64 /mod swap base64-digits digit rot join swap loop drop ;
: >base64    ( x -- text )          >bytes dup bytes-length negate 3 mod {: missing :}
                                    0 byte> missing repeated join ""
                                    over bytes-length 0 ?do over i group digits4 join 3 +loop nip
                                    dup bytes-length missing - left "=" missing repeated join ;

\ What the text stands for is encoded again: a text that is not the one way to write its bytes is refused.
: base64-group ( text at -- bytes ) {: text at :}
                                    0 4 0 do 64 * text at i + base64-digits digit-value + loop
                                    256 /mod 256 /mod byte> swap byte> join swap byte> join ;
: whole-groups ( text -- text n )   dup bytes-length negate 3 and "A" over repeated rot swap join swap ;
: ungrouped  ( text -- bytes )      "" >bytes over bytes-length 0 ?do over i base64-group join 4 +loop nip ;
: base64>    ( text -- bytes )      dup "=" before whole-groups >r ungrouped dup bytes-length r> - 0 max left
                                    swap over >base64 = 0= abort" this is not base64" ;

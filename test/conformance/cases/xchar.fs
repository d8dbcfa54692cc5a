\ characters of one to four bytes
t{ 65 xc-size 228 xc-size 8364 xc-size 128512 xc-size -> 1 2 3 4 }t
t{ 8364 pad xc!+ pad - pad xc@+ swap pad - -> 3 8364 3 }t
t{ pad 8364 over xc!+ over - x-size -> 3 }t
t{ 8364 pad 2 xc!+? -> pad 2 false }t
t{ 8364 pad 5 xc!+? -> pad 3 + 2 true }t
t{ 228 pad xc!+ 65 swap xc!+ drop pad xchar+ pad - -> 2 }t
t{ pad 3 + xchar- pad - pad 2 + xchar- pad - -> 2 0 }t
t{ align here 228 xc, here swap - -> 2 }t
t{ s" äb" +x/string nip -> 1 }t
t{ s" bä" x\string- nip -> 1 }t
t{ s" aä" 1- -trailing-garbage nip -> 1 }t
t{ s" aä" -trailing-garbage nip -> 3 }t
t{ s" " -trailing-garbage nip -> 0 }t
: euro [char] € ;
t{ char ä euro -> 228 8364 }t
t{ 65 xc-width 228 xc-width 20013 xc-width -> 1 1 2 }t
t{ s" aä中" x-width -> 4 }t
t{ <# 8364 xhold 65 xhold 0 0 #> s" A€" compare -> 0 }t
t{ 8364 xemit -> }t
t{ 8364 ekey>xchar xkey? -> 8364 true false }t
: waits-for-one xkey ;
t{ char x parse abcx nip -> 3 }t

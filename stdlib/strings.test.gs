"" empty? assert   "a" empty? 0= assert
"banana" 3 left "ban" assert=       "banana" 3 right "ana" assert=
"banana" 2 from "nana" assert=      "banana" 9 from "" assert=
"banana" 9 right "banana" assert=   "banana" 0 right "" assert=
"banana" "ban" starts? assert       "banana" "nan" starts? 0= assert
"banana" "ana" ends? assert         "a" "banana" ends? 0= assert
"é" "a" starts? 0= assert           "é" "é" ends? assert
"banana" "nan" contains? assert     "banana" "x" contains? 0= assert
"a=b=c" "=" before "a" assert=      "a=b=c" "=" after "b=c" assert=
"abc" "=" before "abc" assert=      "abc" "=" after "" assert=
"a=b" "=" split "b" assert= "a" assert=
"ab" 3 repeated "ababab" assert=    "ab" 0 repeated "" assert=
"7" 3 pad-left "  7" assert=        "7" 3 pad-right "7  " assert=   "1234" 3 pad-left "1234" assert=
"a.b.c" "." "--" replace-all "a--b--c" assert=
"aaa" "a" "aa" replace-all "aaaaaa" assert=
"abc" "x" "y" replace-all "abc" assert=
"" value seen   : note ( part -- ) "<" swap join seen swap join to seen ;
"a,b,,c" "," ' note each-part   seen "<a<b<<c" assert=

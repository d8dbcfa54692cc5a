"{\"name\": \"Ann\", \"age\" : 42, \"tags\": [\"a\", {\"b\": [1, \"]\"]}, null ] }" constant ann
ann "name" json-field json>text "Ann" assert=   ann "age" json-field 42 assert=
ann "none" json-field "" assert=                ann "tags" json-field 0 json-item json>text "a" assert=
ann "tags" json-field 1 json-item "b" json-field 1 json-item json>text "]" assert=
ann "tags" json-field 2 json-item "null" assert=   ann "tags" json-field 3 json-item "" assert=
"\"a\\n\\\"\\\\\\u00e9\\ud83d\\ude00/\"" json>text "a\n\"\\é😀/" assert=
"tab\t\"quote\" \\ \u{1}" dup >json json>text assert=
"x\ny" >json "\"x\\u000ay\"" assert=
"" "a" add-item "b\"" add-item list>json "[\"a\",\"b\\\"\"]" assert=   "" list>json "[]" assert=
"" "k" "v" map-put "n" 5 map-put map>json "{\"k\":\"v\",\"n\":\"5\"}" assert=
"{}" "a" json-field "" assert=   "[]" 0 json-item "" assert=   "" "a" json-field "" assert=
: broken ( -- ) "{\"a\": [1, 2" "a" json-field drop ;   ' broken assert-throws

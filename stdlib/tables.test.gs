"" "name" add-item "coins" add-item constant heading
"" "Ann" add-item 42 add-item constant ann
"" "Bernadé" add-item 7.5 add-item constant bernadé
"" heading add-row ann add-row bernadé add-row constant accounts
accounts table>text "name     coins\nAnn         42\nBernadé    7.5\n" assert=
accounts ruled table>text "name     coins\n-------  -----\nAnn         42\nBernadé    7.5\n" assert=
"" table>text "" assert=

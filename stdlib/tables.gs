\ tables: rows of columns that line up, numbers to the right.
\ A table is a list of rows, a row a list of its columns; the first row may be a heading.
use lists

: shown-width ( text -- n )           >text text>mem x-width ;
: widest     ( table column -- n )    {: column :} 0 swap
  begin dup empty? 0= while dup first-item column item shown-width rot max swap rest-items repeat drop ;

: blanks-for ( text width -- blanks ) over shown-width - 0 max " " swap repeated nip ;
: cell-text  ( text width -- text )   2dup blanks-for nip over number? if swap else then join ;
: columns    ( table -- n )           first-item items ;

\ One row of a table, with the widths of all its rows.
: row-text   ( table row -- text )    "" 2 pick columns 0 ?do
    over i item 3 pick i widest cell-text join "  " join
  loop nip nip ;
: without-end ( text -- text )        begin dup 1 right " " = while dup bytes-length 1- left repeat ;
: table>text ( table -- text )        "" over begin dup empty? 0= while
    2 pick over first-item row-text without-end newline join rot swap join swap rest-items repeat drop nip ;
: .table     ( table -- )             table>text type ;

\ The first row, a line of dashes as wide as each column, and the others.
: dashes     ( table -- row )         "" over columns 0 ?do over i widest "-" swap repeated add-item loop nip ;
: ruled      ( table -- table )       dup dashes >r dup first-item "" swap add-item r> add-item swap rest-items join ;
: add-row    ( table row -- table )   add-item ;

// The statement language of GestaDB: openCypher 9 with implementation extensions (label expressions,
// subqueries, ALIGN, MAP, schema and transaction statements).
//
// Two things happen outside this file, in query/parse:
//  - the character stream shows ASCII letters in upper case, so keywords are caseless and their rules
//    (and the letters in number and name rules) are written in upper case only;
//  - before parsing, the token list gets a pass that settles what needs unbounded lookahead: ALL, ANY,
//    NONE, SINGLE, REDUCE, SHORTESTPATH, ALLSHORTESTPATHS stay keywords only before '(', EXISTS, COUNT
//    and COLLECT only before '{' (elsewhere they become IDENT), and a '|' directly inside a list's
//    brackets becomes LIST_BAR, so that `[x IN xs WHERE x:A | x.b]` has one reading.
//
// Lists, calls and their relatives are written loosely (`[expression WHERE … | …]`, call and
// projection braces as suffixes), which keeps every decision but pattern-or-parenthesis at one or
// two tokens of lookahead; the tree builder accepts only the forms that mean something.
grammar Gesta;

tokens { LIST_BAR }

// -- statements --

statement
  : prefix = ('EXPLAIN' | 'PROFILE')?
    ( query
    | createIndex
    | dropIndex
    | createConstraint
    | dropConstraint
    | createSpace
    | dropSpace
    | show
    | transaction
    ) ';'? EOF
  ;

createIndex
  : 'CREATE' 'INDEX' indexName = name? ifNotExists? 'FOR' schemaEntity 'ON' '(' schemaProperty (',' schemaProperty)* ')'
  ;

dropIndex : 'DROP' 'INDEX' name ifExists? ;

createConstraint
  : 'CREATE' 'CONSTRAINT' constraintName = name? ifNotExists? 'FOR' schemaEntity 'REQUIRE'
    ( schemaProperty | '(' schemaProperty (',' schemaProperty)* ')' )
    'IS' ( unique = 'UNIQUE' | 'NOT' 'NULL' )
  ;

dropConstraint : 'DROP' 'CONSTRAINT' name ifExists? ;

createSpace
  : 'CREATE' 'EMBEDDING' 'SPACE' space ifNotExists? 'FOR' spaceNodes ( 'USING' 'MODEL' model = space )?
    ( 'WITH' mapLiteral )?
  ;

dropSpace : 'DROP' 'EMBEDDING' 'SPACE' space ifExists? ;

space : name | STRING ;

spaceNodes : '(' name? ':' anyName ( '|' ':'? anyName )* ')' ;

ifNotExists : 'IF' 'NOT' 'EXISTS' ;
ifExists : 'IF' 'EXISTS' ;

schemaEntity
  : '(' variable = name ':' label = anyName ')'
  | '(' ')' '<'? '-' '[' variable = name ':' type = anyName ']' '-' '>'? '(' ')'
  ;

schemaProperty : variable = name '.' key = anyName ;

show
  : 'SHOW'
    ( what =
      ( 'INDEXES' | 'CONSTRAINTS' | 'LABELS' | 'TYPES' | 'FUNCTIONS' | 'PROCEDURES' | 'STATISTICS'
      | 'ALIGNERS'
      )
    | what = 'PROPERTY' 'KEYS'
    | what = 'EMBEDDING' 'SPACES'
    )
  ;

transaction
  : what = 'BEGIN' ( readOnly = 'READ' 'ONLY' )?
  | what = 'COMMIT'
  | what = 'ROLLBACK'
  ;

// -- queries and clauses; which clause may follow which is checked later, with better words --

query : singleQuery unionPart* ;

unionPart : 'UNION' ( all = 'ALL' | 'DISTINCT' )? singleQuery ;

singleQuery : clause+ ;

clause
  : matchClause
  | unwindClause
  | withClause
  | returnClause
  | createClause
  | mergeClause
  | setClause
  | removeClause
  | deleteClause
  | callClause
  | foreachClause
  | loadCsvClause
  | alignClause
  | mapClause
  ;

matchClause : optional = 'OPTIONAL'? 'MATCH' pattern where? ;

where : 'WHERE' expression ;

unwindClause : 'UNWIND' expression 'AS' name ;

withClause : 'WITH' projection where? ;

returnClause : 'RETURN' projection ;

projection
  : distinct = 'DISTINCT'?
    ( star = '*' ( ',' projectionItem )* | projectionItem ( ',' projectionItem )* )
    ( 'ORDER' 'BY' sortItem ( ',' sortItem )* )?
    ( 'SKIP' skipCount = expression )?
    ( 'LIMIT' limitCount = expression )?
  ;

projectionItem : expression ( 'AS' alias = anyName )? ;

sortItem : expression ( 'ASC' | 'ASCENDING' | descending = 'DESC' | descending = 'DESCENDING' )? ;

createClause : 'CREATE' pattern ;

mergeClause : 'MERGE' patternPart mergeAction* ;

mergeAction : 'ON' what = ( 'CREATE' | 'MATCH' ) setClause ;

setClause : 'SET' setItem ( ',' setItem )* ;

setItem
  : entity ( op = '=' expression | op = '+=' expression | labelList )
  ;

labelList : ( ':' anyName )+ ;

// What SET and REMOVE change: a variable or an expression that gives an entity, then property steps.
entity : ( name | '(' expression ')' ) entityStep* ;

entityStep : '.' key = anyName | '[' expression ']' | callArguments ;

removeClause : 'REMOVE' removeItem ( ',' removeItem )* ;

removeItem : entity labelList? ;

deleteClause : detach = 'DETACH'? 'DELETE' expression ( ',' expression )* ;

callClause
  : 'CALL' procedureName ( open = '(' ( expression ( ',' expression )* )? ')' )? ( yieldPart where? )?
  | 'CALL' ( imports = '(' ( name ( ',' name )* )? ')' )? '{' query '}'
  ;

procedureName : name ( '.' anyName )* ;

yieldPart : 'YIELD' ( none = '-' | star = '*' | yieldItem ( ',' yieldItem )* ) ;

yieldItem : name ( 'AS' alias = anyName )? ;

foreachClause : 'FOREACH' '(' name 'IN' expression '|' clause+ ')' ;

loadCsvClause
  : 'LOAD' 'CSV' headers = withHeaders? 'FROM' expression 'AS' name ( 'FIELDTERMINATOR' STRING )?
  ;

withHeaders : 'WITH' 'HEADERS' ;

alignClause
  : 'ALIGN' source = expression 'TO' nodePattern 'USING' aligner ( 'THEN' aligner )*
    ( 'TOP' top = expression )? ( 'YIELD' yieldItem ( ',' yieldItem )* )?
  ;

aligner : ( name | STRING ) properties? ;

mapClause : 'MAP' patternPart setClause? ;

// -- patterns --

pattern : patternPart ( ',' patternPart )* ;

patternPart : ( name '=' )? ( shortestPath | patternElement ) ;

patternElement
  : nodePattern ( relationshipPattern nodePattern )*
  | '(' patternElement ')'
  ;

shortestPath : kind = ( 'SHORTESTPATH' | 'ALLSHORTESTPATHS' ) '(' patternElement ')' ;

nodePattern : '(' name? ( ':' labelExpression )? properties? where? ')' ;

relationshipPattern : left = '<'? '-' relationshipDetail? '-' right = '>'? ;

relationshipDetail : '[' name? ( ':' labelOr )? lengthRange? properties? where? ']' ;

lengthRange : '*' ( from = INTEGER? range = '..' to = INTEGER? | exact = INTEGER )? ;

properties : mapLiteral | parameter ;

labelExpression : labelOr ( ':' labelOr )* ;

labelOr : labelAnd ( '|' ':'? labelAnd )* ;

labelAnd : labelNot ( '&' labelNot )* ;

labelNot
  : negation = '!' labelNot
  | any = '%'
  | '(' labelExpression ')'
  | anyName
  ;

// -- expressions; the alternatives stand in order of precedence, the tightest first --

expression
  : atom
  | lhs = expression op = '.' key = anyName
  | lhs = expression op = '['
    ( from = expression ( range = '..' to = expression? )? | range = '..' to = expression? ) ']'
  | lhs = expression op = ':' labelOr
  | lhs = expression callArguments
  | lhs = expression projectionBody
  | op = ( '+' | '-' ) rhs = expression
  | lhs = expression op = '^' rhs = expression
  | lhs = expression op = ( '*' | '/' | '%' ) rhs = expression
  | lhs = expression op = ( '+' | '-' ) rhs = expression
  | lhs = expression
    ( op = 'IN' | op = '=~' | op = 'CONTAINS' | op = 'STARTS' 'WITH' | op = 'ENDS' 'WITH' )
    rhs = expression
  | lhs = expression op = 'IS' negated = 'NOT'? 'NULL'
  | lhs = expression op = ( '=' | '<>' | '<' | '<=' | '>' | '>=' ) rhs = expression
  | op = 'NOT' rhs = expression
  | lhs = expression op = 'AND' rhs = expression
  | lhs = expression op = 'XOR' rhs = expression
  | lhs = expression op = 'OR' rhs = expression
  ;

atom
  : literal
  | parameter
  | caseExpression
  | quantifier
  | reduce
  | subquery
  | shortestPath
  | patternExpression
  | parenthesised
  | listExpression
  | mapLiteral
  | name
  ;

literal
  : value = ( INTEGER | HEX_INTEGER | OCTAL_INTEGER | FLOAT | STRING | 'TRUE' | 'FALSE' | 'NULL' )
  ;

parameter : '$' ( anyName | INTEGER ) ;

parenthesised : '(' expression ')' ;

patternExpression : nodePattern ( relationshipPattern nodePattern )+ ;

callArguments
  : open = '(' ( star = '*' | distinct = 'DISTINCT'? expression ( ',' expression )* )? ')'
  ;

projectionBody : open = '{' ( projectionEntry ( ',' projectionEntry )* )? '}' ;

projectionEntry
  : '.' property = anyName
  | '.' star = '*'
  | key = anyName ':' expression
  | variable = name
  ;

mapLiteral : '{' ( mapEntry ( ',' mapEntry )* )? '}' ;

mapEntry : key = anyName ':' expression ;

// A list literal, `[x IN xs WHERE … | …]` or `[p = (a)-->(b) WHERE … | …]`.
listExpression
  : '['
    ( first = expression
      ( ( ',' expression )+
      | where ( bar = LIST_BAR map = expression )?
      | bar = LIST_BAR map = expression
      )?
    )? ']'
  ;

caseExpression
  : 'CASE' subject = expression? caseWhen+ ( 'ELSE' otherwise = expression )? 'END'
  ;

caseWhen : 'WHEN' test = expression 'THEN' result = expression ;

quantifier
  : kind = ( 'ALL' | 'ANY' | 'NONE' | 'SINGLE' ) '(' name 'IN' expression where? ')'
  ;

reduce
  : 'REDUCE' '(' accumulator = name '=' initial = expression ',' variable = name 'IN' list = expression
    '|' step = expression ')'
  ;

subquery
  : kind = ( 'EXISTS' | 'COUNT' | 'COLLECT' ) '{' ( query | pattern where? ) '}'
  ;

// -- names --

// A variable, function or other free name. Keywords that could not be told from their own clause or
// operator are reserved and appear in anyName only.
name
  : IDENT | ESCAPED_NAME
  | K_ALIGN | K_ALIGNERS | K_ASC | K_ASCENDING | K_BEGIN | K_BY | K_COMMIT | K_CONSTRAINT
  | K_CONSTRAINTS | K_CONTAINS | K_CSV | K_DESC | K_DESCENDING | K_DROP | K_EMBEDDING | K_END
  | K_ENDS | K_EXPLAIN | K_FIELDTERMINATOR | K_FOR | K_FOREACH | K_FROM | K_FUNCTIONS | K_HEADERS
  | K_IF | K_INDEX | K_INDEXES | K_KEYS | K_LABELS | K_LIMIT | K_LOAD | K_MAP | K_MODEL | K_ON
  | K_ONLY | K_ORDER | K_PROCEDURES | K_PROFILE | K_PROPERTY | K_READ | K_REQUIRE | K_ROLLBACK
  | K_SHOW | K_SKIP | K_SPACE | K_SPACES | K_STARTS | K_STATISTICS | K_TO | K_TOP | K_TYPES
  | K_UNIQUE | K_USING | K_YIELD
  ;

// A label, relationship type, property key or alias: every word will do.
anyName
  : IDENT | ESCAPED_NAME
  | K_ALIGN | K_ALIGNERS | K_ASC | K_ASCENDING | K_BEGIN | K_BY | K_COMMIT | K_CONSTRAINT
  | K_CONSTRAINTS | K_CONTAINS | K_CSV | K_DESC | K_DESCENDING | K_DROP | K_EMBEDDING | K_END
  | K_ENDS | K_EXPLAIN | K_FIELDTERMINATOR | K_FOR | K_FOREACH | K_FROM | K_FUNCTIONS | K_HEADERS
  | K_IF | K_INDEX | K_INDEXES | K_KEYS | K_LABELS | K_LIMIT | K_LOAD | K_MAP | K_MODEL | K_ON
  | K_ONLY | K_ORDER | K_PROCEDURES | K_PROFILE | K_PROPERTY | K_READ | K_REQUIRE | K_ROLLBACK
  | K_SHOW | K_SKIP | K_SPACE | K_SPACES | K_STARTS | K_STATISTICS | K_TO | K_TOP | K_TYPES
  | K_UNIQUE | K_USING | K_YIELD
  | K_ALL | K_ALLSHORTESTPATHS | K_ANY | K_COLLECT | K_COUNT | K_EXISTS | K_NONE | K_REDUCE
  | K_SHORTESTPATH | K_SINGLE
  | K_AND | K_AS | K_CALL | K_CASE | K_CREATE | K_DELETE | K_DETACH | K_DISTINCT | K_ELSE
  | K_FALSE | K_IN | K_IS | K_MATCH | K_MERGE | K_NOT | K_NULL | K_OPTIONAL | K_OR | K_REMOVE
  | K_RETURN | K_SET | K_THEN | K_TRUE | K_UNION | K_UNWIND | K_WHEN | K_WHERE | K_WITH | K_XOR
  ;

// -- tokens --

K_ALIGN : 'ALIGN' ;
K_ALIGNERS : 'ALIGNERS' ;
K_ALL : 'ALL' ;
K_ALLSHORTESTPATHS : 'ALLSHORTESTPATHS' ;
K_AND : 'AND' ;
K_ANY : 'ANY' ;
K_AS : 'AS' ;
K_ASC : 'ASC' ;
K_ASCENDING : 'ASCENDING' ;
K_BEGIN : 'BEGIN' ;
K_BY : 'BY' ;
K_CALL : 'CALL' ;
K_CASE : 'CASE' ;
K_COLLECT : 'COLLECT' ;
K_COMMIT : 'COMMIT' ;
K_CONSTRAINT : 'CONSTRAINT' ;
K_CONSTRAINTS : 'CONSTRAINTS' ;
K_CONTAINS : 'CONTAINS' ;
K_COUNT : 'COUNT' ;
K_CREATE : 'CREATE' ;
K_CSV : 'CSV' ;
K_DELETE : 'DELETE' ;
K_DESC : 'DESC' ;
K_DESCENDING : 'DESCENDING' ;
K_DETACH : 'DETACH' ;
K_DISTINCT : 'DISTINCT' ;
K_DROP : 'DROP' ;
K_ELSE : 'ELSE' ;
K_EMBEDDING : 'EMBEDDING' ;
K_END : 'END' ;
K_ENDS : 'ENDS' ;
K_EXISTS : 'EXISTS' ;
K_EXPLAIN : 'EXPLAIN' ;
K_FALSE : 'FALSE' ;
K_FIELDTERMINATOR : 'FIELDTERMINATOR' ;
K_FOR : 'FOR' ;
K_FOREACH : 'FOREACH' ;
K_FROM : 'FROM' ;
K_FUNCTIONS : 'FUNCTIONS' ;
K_HEADERS : 'HEADERS' ;
K_IF : 'IF' ;
K_IN : 'IN' ;
K_INDEX : 'INDEX' ;
K_INDEXES : 'INDEXES' ;
K_IS : 'IS' ;
K_KEYS : 'KEYS' ;
K_LABELS : 'LABELS' ;
K_LIMIT : 'LIMIT' ;
K_LOAD : 'LOAD' ;
K_MAP : 'MAP' ;
K_MATCH : 'MATCH' ;
K_MERGE : 'MERGE' ;
K_MODEL : 'MODEL' ;
K_NONE : 'NONE' ;
K_NOT : 'NOT' ;
K_NULL : 'NULL' ;
K_ON : 'ON' ;
K_ONLY : 'ONLY' ;
K_OPTIONAL : 'OPTIONAL' ;
K_OR : 'OR' ;
K_ORDER : 'ORDER' ;
K_PROCEDURES : 'PROCEDURES' ;
K_PROFILE : 'PROFILE' ;
K_PROPERTY : 'PROPERTY' ;
K_READ : 'READ' ;
K_REDUCE : 'REDUCE' ;
K_REMOVE : 'REMOVE' ;
K_REQUIRE : 'REQUIRE' ;
K_RETURN : 'RETURN' ;
K_ROLLBACK : 'ROLLBACK' ;
K_SET : 'SET' ;
K_SHORTESTPATH : 'SHORTESTPATH' ;
K_SHOW : 'SHOW' ;
K_SINGLE : 'SINGLE' ;
K_SKIP : 'SKIP' ;
K_SPACE : 'SPACE' ;
K_SPACES : 'SPACES' ;
K_STARTS : 'STARTS' ;
K_STATISTICS : 'STATISTICS' ;
K_THEN : 'THEN' ;
K_TO : 'TO' ;
K_TOP : 'TOP' ;
K_TRUE : 'TRUE' ;
K_TYPES : 'TYPES' ;
K_UNION : 'UNION' ;
K_UNIQUE : 'UNIQUE' ;
K_UNWIND : 'UNWIND' ;
K_USING : 'USING' ;
K_WHEN : 'WHEN' ;
K_WHERE : 'WHERE' ;
K_WITH : 'WITH' ;
K_XOR : 'XOR' ;
K_YIELD : 'YIELD' ;

RANGE : '..' ;
PLUS_EQUAL : '+=' ;
REGEX_MATCH : '=~' ;
NOT_EQUAL : '<>' ;
LESS_EQUAL : '<=' ;
GREATER_EQUAL : '>=' ;
LESS : '<' ;
GREATER : '>' ;
EQUAL : '=' ;
PLUS : '+' ;
MINUS : '-' ;
STAR : '*' ;
SLASH : '/' ;
PERCENT : '%' ;
CARET : '^' ;
BANG : '!' ;
AMPERSAND : '&' ;
BAR : '|' ;
DOLLAR : '$' ;
COLON : ':' ;
SEMICOLON : ';' ;
COMMA : ',' ;
DOT : '.' ;
LEFT_PAREN : '(' ;
RIGHT_PAREN : ')' ;
LEFT_BRACKET : '[' ;
RIGHT_BRACKET : ']' ;
LEFT_BRACE : '{' ;
RIGHT_BRACE : '}' ;

INTEGER : '0' | [1-9] DIGIT* ;
HEX_INTEGER : '0X' [0-9A-F]+ ;
OCTAL_INTEGER : '0O' [0-7]+ ;
FLOAT : DIGIT+ EXPONENT | DIGIT* '.' DIGIT+ EXPONENT? ;

// What begins like a number and is none: 0x, 12ab, 007, 1.5e, 1_000.
BAD_NUMBER : DIGIT NAME_PART* | DIGIT* '.' DIGIT+ NAME_START NAME_PART* ;

// Escapes are checked, with their place, when the value is made.
STRING : '\'' ( ~['\\] | '\\' . )* '\'' | '"' ( ~["\\] | '\\' . )* '"' ;
UNCLOSED_STRING : '\'' ( ~['\\] | '\\' . )* '\\'? | '"' ( ~["\\] | '\\' . )* '\\'? ;

ESCAPED_NAME : '`' ( ~'`' | '``' )* '`' ;
UNCLOSED_NAME : '`' ( ~'`' | '``' )* ;

IDENT : NAME_START NAME_PART* ;

LINE_COMMENT : '//' ~[\r\n]* -> skip ;
BLOCK_COMMENT : '/*' .*? '*/' -> skip ;
UNCLOSED_COMMENT : '/*' ( ~'*' | '*'+ ~[*/] )* '*'* ;

BLANK
  : [ \t\n\r\u000B\u000C\u001C-\u001F\u0085\u00A0\u1680\u180E\u2000-\u200A\u2028\u2029\u202F\u205F\u3000\uFEFF]+
    -> skip
  ;

BAD_CHARACTER : . ;

fragment DIGIT : [0-9] ;
fragment EXPONENT : 'E' [+\-]? DIGIT+ ;

// XML's name characters without ':', '-' and '.': a stable set of ranges that keeps letters of every
// script and leaves out punctuation.
fragment NAME_START
  : [A-Z_\u00AA\u00B5\u00BA\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u167F\u1681-\u180D\u180F-\u1FFF\u200C-\u200D\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFEFE\uFF00-\uFFFD\u{10000}-\u{EFFFF}]
  ;
fragment NAME_PART : NAME_START | [0-9\u00B7\u0300-\u036F\u203F-\u2040] ;

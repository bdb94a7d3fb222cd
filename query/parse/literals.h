// Literals: number, string and name tokens to values.
#ifndef GESTA_QUERY_PARSE_LITERALS_H_
#define GESTA_QUERY_PARSE_LITERALS_H_

#include <string>
#include <string_view>

#include "gesta/value.h"
#include "parse/source_text.h"

namespace gesta::parse {

// All take the byte range [begin, end) of one token and throw SyntaxFailure: IntegerOverflow,
// FloatingPointOverflow, InvalidUnicodeLiteral, UnexpectedSyntax (unknown escape).

// Decimal, 0x… and 0o… integers; `negative` when a minus stands directly before, so that the
// smallest integer can be written.
Value IntegerLiteral(const SourceText& source, size_t begin, size_t end, bool negative);
Value FloatLiteral(const SourceText& source, size_t begin, size_t end, bool negative);

// The text between the quotes with its escapes resolved.
std::string StringLiteral(const SourceText& source, size_t begin, size_t end);

// A plain or back-quoted name.
std::string NameText(std::string_view token);

}  // namespace gesta::parse

#endif  // GESTA_QUERY_PARSE_LITERALS_H_

// Expected values of conformance tests: their notation, and how they are compared with results.
//
// The notation is the openCypher TCK's: null, true, 1, -1.5e3, NaN, Inf, 'text', [1, 2], {k: 1},
// nodes (:A:B {p: 1}), relationships [:T {p: 1}] and paths <(:A)-[:T]->(:B)<-[:U]-(:C)>.
#ifndef GESTA_TESTS_SUPPORT_EXPECTED_VALUE_H_
#define GESTA_TESTS_SUPPORT_EXPECTED_VALUE_H_

#include <string_view>

#include "gesta/status.h"
#include "gesta/value.h"

namespace gesta::test {

// Parses one value. Entities become materialised values; a path's nodes are numbered by position,
// and its relationships run from one to the next or back. Errors: kBadData with the offset.
Result<Value> ParseExpectedValue(std::string_view text);

// Whether a result is the expected value. Integers and floats differ, NaN is NaN; entities are
// compared by labels or type and properties; a temporal result equals the string of its ISO text.
bool MatchesExpected(const Value& expected, const Value& actual, bool ignore_list_order);

}  // namespace gesta::test

#endif  // GESTA_TESTS_SUPPORT_EXPECTED_VALUE_H_

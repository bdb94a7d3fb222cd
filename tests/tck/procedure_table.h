// Procedures that a scenario declares: a signature, and a table that says what they answer.
#ifndef GESTA_TESTS_TCK_PROCEDURE_TABLE_H_
#define GESTA_TESTS_TCK_PROCEDURE_TABLE_H_

#include <string_view>

#include "gesta/procedure.h"
#include "gesta/status.h"
#include "tck/gherkin.h"

namespace gesta::tck {

// `signature`: "test.my.proc(in :: INTEGER?) :: (out :: STRING?)". The table's first row names the
// arguments and results; a call gives the results of the rows whose arguments equal its own.
Result<Procedure> MakeTableProcedure(std::string_view signature, const Table& table);

}  // namespace gesta::tck

#endif  // GESTA_TESTS_TCK_PROCEDURE_TABLE_H_

// What the connection adds to errors of statements.
#ifndef GESTA_QUERY_CONNECTION_STATEMENT_ERRORS_H_
#define GESTA_QUERY_CONNECTION_STATEMENT_ERRORS_H_

#include <string>
#include <string_view>

#include "gesta/database.h"
#include "gesta/status.h"

namespace gesta {

// The same error with the text of its line, if it has a line and not yet its text.
Status WithSourceLine(const Status& status, std::string_view statement);

// A statement uses a parameter that was not given.
Status MissingParameter(const std::string& name, const Parameters& given);

// A statement that writes where nothing may be written.
Status WriteRefused(bool store_is_read_only);

}  // namespace gesta

#endif  // GESTA_QUERY_CONNECTION_STATEMENT_ERRORS_H_

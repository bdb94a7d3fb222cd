// Feeds arbitrary bytes to the parser and the script splitter: any input must give a syntax tree or
// a complete error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "gesta/script.h"
#include "parse/parser.h"

namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

void ParseOne(std::string_view text) {
  const gesta::Result<gesta::ast::Statement> result = gesta::ParseStatement(text);
  if (result.ok()) return;
  const gesta::Status status = result.status();
  const gesta::ErrorInfo& error = status.info();
  Require(error.code == gesta::StatusCode::kSyntax);
  Require(!error.message.empty() && !error.detail.empty());
  Require(error.line >= 1 && error.column >= 1);
  Require(!status.ToString().empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  ParseOne(text);
  for (const gesta::StatementText& statement : gesta::SplitScript(text)) {
    Require(statement.line >= 1 && !statement.text.empty());
    ParseOne(statement.text);
  }
  return 0;
}

#include "connection/statement_errors.h"

#include <algorithm>
#include <vector>

namespace gesta {

Status WithSourceLine(const Status& status, std::string_view statement) {
  if (status.ok() || status.info().line <= 0 || !status.info().source_line.empty()) return status;
  size_t begin = 0;
  for (int line = 1; line < status.info().line; ++line) {
    begin = statement.find('\n', begin);
    if (begin == std::string_view::npos) return status;
    ++begin;
  }
  std::string_view text = statement.substr(begin, statement.find('\n', begin) - begin);
  if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  ErrorInfo info = status.info();
  info.source_line = std::string(text);
  return Status(std::move(info));
}

Status MissingParameter(const std::string& name, const Parameters& given) {
  ErrorInfo info;
  info.code = StatusCode::kInvalidArgument;
  info.phase = ErrorPhase::kCompile;
  info.type = "ParameterMissing";
  info.detail = "MissingParameter";
  info.message = "the statement uses the parameter $" + name + ", which was not given";
  if (given.empty()) {
    info.hint = "no parameters were given";
  } else {
    std::vector<std::string> names;
    for (const auto& entry : given) names.push_back("$" + entry.first);
    std::sort(names.begin(), names.end());
    constexpr size_t kShown = 8;
    info.hint = "given:";
    for (size_t i = 0; i < std::min(kShown, names.size()); ++i) info.hint += " " + names[i];
    if (names.size() > kShown) info.hint += " …";
  }
  return Status(std::move(info));
}

Status WriteRefused(bool store_is_read_only) {
  if (store_is_read_only) {
    return Status(StatusCode::kReadOnly, "the statement writes, and the store is open read-only",
                  "open the store without the read-only option");
  }
  return Status(StatusCode::kReadOnly, "the statement writes, and the transaction is read-only",
                "end it, and start one with BEGIN alone");
}

}  // namespace gesta

#include "tck/skip_list.h"

#include <sstream>

namespace gesta::tck {

Result<SkipList> SkipList::Parse(std::string_view text) {
  const auto trim = [](std::string s) {
    const size_t first = s.find_first_not_of(" \t\r");
    if (first == std::string::npos) return std::string();
    return s.substr(first, s.find_last_not_of(" \t\r") - first + 1);
  };
  SkipList list;
  std::istringstream in{std::string(text)};
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    line = trim(line);
    if (line.empty() || line[0] == '#') continue;
    const size_t separator = line.find(" :: ");
    const size_t reason = separator == std::string::npos ? separator : line.find(" # ", separator);
    if (separator == std::string::npos || reason == std::string::npos) {
      return Status(StatusCode::kBadData, "skip list, line " + std::to_string(number) +
                                              ": wanted `feature path :: scenario name # reason`");
    }
    list.reasons_[{trim(line.substr(0, separator)),
                   trim(line.substr(separator + 4, reason - separator - 4))}] =
        trim(line.substr(reason + 3));
  }
  return list;
}

const std::string* SkipList::Reason(const Scenario& scenario) const {
  for (const std::string& name : {scenario.FullName(), scenario.name}) {
    const auto found = reasons_.find({scenario.feature_path, name});
    if (found != reasons_.end()) return &found->second;
  }
  return nullptr;
}

}  // namespace gesta::tck

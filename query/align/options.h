// AlignerOptions: the options map of one aligner, read with helpful errors.
#ifndef GESTA_QUERY_ALIGN_OPTIONS_H_
#define GESTA_QUERY_ALIGN_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/status.h"
#include "gesta/value.h"

namespace gesta {

class AlignerOptions {
 public:
  AlignerOptions(std::string aligner, Map values)
      : aligner_(std::move(aligner)), values_(std::move(values)) {}

  const std::string& aligner() const { return aligner_; }
  const Map& values() const { return values_; }
  bool Has(std::string_view name) const { return Find(name) != nullptr; }  // and is not null

  // kSemantic with a suggestion for the first option that is not in `known`. "top" is every
  // aligner's option and need not be listed; functions have none.
  Status CheckNames(const std::vector<std::string_view>& known, bool with_top = true) const;

  // Options that are absent or null give the default.
  Result<int64_t> Integer(std::string_view name, int64_t fallback, int64_t least) const;
  Result<double> Number(std::string_view name, double fallback, double least) const;
  Result<bool> Boolean(std::string_view name, bool fallback) const;
  Result<std::string> String(std::string_view name, std::string_view fallback) const;
  // One of `choices`; the first is the default.
  Result<std::string> Choice(std::string_view name,
                             std::initializer_list<std::string_view> choices) const;
  // A string or a list of strings.
  Result<std::vector<std::string>> Strings(std::string_view name) const;

  // {top: n}
  Result<std::optional<int64_t>> Top() const;

 private:
  const Value* Find(std::string_view name) const;  // null when absent or null
  Status WrongType(std::string_view name, std::string_view needs, const Value& got) const;

  std::string aligner_;
  Map values_;
};

// The name of `known` that `name` was probably meant to be; empty: none is near.
std::string NearestName(std::string_view name, const std::vector<std::string>& known);

}  // namespace gesta

#endif  // GESTA_QUERY_ALIGN_OPTIONS_H_

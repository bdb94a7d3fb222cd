// Typed access to the members of a JSON object, with messages that name file and member.
#ifndef GESTA_INFERENCE_MODELS_JSON_READER_H_
#define GESTA_INFERENCE_MODELS_JSON_READER_H_

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>

#include "gesta/format/document.h"
#include "gesta/status.h"

namespace gesta::models {

// Reads members one after the other; the first wrong one is kept as status(). Members that are
// missing or null leave the value as it was.
class JsonReader {
 public:
  JsonReader(const format::Datum& object, std::string name)
      : object_(object), name_(std::move(name)) {}

  const Status& status() const { return status_; }
  const format::Datum& object() const { return object_; }
  const format::Datum* Find(std::string_view key) const {
    const format::Datum* value = object_.Find(key);
    return value && !value->is_null() ? value : nullptr;
  }

  void Size(std::string_view key, size_t* out, size_t most = 100'000'000) {
    const format::Datum* value = Find(key);
    if (!value) return;
    if (!value->is_int() || value->integer() < 0 ||
        static_cast<uint64_t>(value->integer()) > most) {
      Fail(key, fmt::format("is no whole number up to {}", most));
      return;
    }
    *out = static_cast<size_t>(value->integer());
  }
  void Number(std::string_view key, double* out) {
    const format::Datum* value = Find(key);
    if (!value) return;
    if (!value->is_number()) return Fail(key, "is no number");
    *out = value->number();
  }
  void Flag(std::string_view key, bool* out) {
    const format::Datum* value = Find(key);
    if (!value) return;
    if (value->kind() != format::DatumKind::kBool) return Fail(key, "is neither true nor false");
    *out = value->boolean();
  }
  void Text(std::string_view key, std::string* out) {
    const format::Datum* value = Find(key);
    if (!value) return;
    if (!value->is_string()) return Fail(key, "is no string");
    *out = value->text();
  }
  void Fail(std::string_view key, const std::string& why) {
    if (status_.ok()) {
      status_ = Status(StatusCode::kBadData, fmt::format("{}: '{}' {}", name_, key, why));
    }
  }

 private:
  const format::Datum& object_;
  std::string name_;
  Status status_;
};

}  // namespace gesta::models

#endif  // GESTA_INFERENCE_MODELS_JSON_READER_H_

// A reading position in a short ASCII text.
#ifndef GESTA_QUERY_FUNCTIONS_TEMPORAL_CURSOR_H_
#define GESTA_QUERY_FUNCTIONS_TEMPORAL_CURSOR_H_

#include <cstdint>
#include <string_view>

namespace gesta::temporal {

class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  bool AtEnd() const { return position_ == text_.size(); }
  char Peek() const { return AtEnd() ? '\0' : text_[position_]; }
  bool PeekDigit() const { return !AtEnd() && Peek() >= '0' && Peek() <= '9'; }
  size_t position() const { return position_; }
  std::string_view rest() const { return text_.substr(position_); }

  bool Skip(char c) {
    if (AtEnd() || Peek() != c) return false;
    ++position_;
    return true;
  }

  size_t DigitsAhead() const {
    size_t end = position_;
    while (end < text_.size() && text_[end] >= '0' && text_[end] <= '9') ++end;
    return end - position_;
  }

  // Exactly `count` digits (at most 18).
  bool ReadDigits(size_t count, int64_t* out) {
    if (count == 0 || count > 18 || DigitsAhead() < count) return false;
    int64_t value = 0;
    for (size_t i = 0; i < count; ++i) value = value * 10 + (text_[position_ + i] - '0');
    position_ += count;
    *out = value;
    return true;
  }
  bool ReadDigits(size_t count, int* out) {
    int64_t value = 0;
    if (count > 9 || !ReadDigits(count, &value)) return false;
    *out = static_cast<int>(value);
    return true;
  }

 private:
  std::string_view text_;
  size_t position_ = 0;
};

}  // namespace gesta::temporal

#endif  // GESTA_QUERY_FUNCTIONS_TEMPORAL_CURSOR_H_

#include "format/pickle_machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string>

#include "format/byte_order.h"
#include "gesta/format/utf8.h"

namespace gesta::format {

namespace {

// Printing an integer of n bytes takes n^2 steps.
constexpr size_t kMaxIntegerBytes = 4096;

enum Opcode : uint8_t {
  kMark = '(',
  kStop = '.',
  kPop = '0',
  kPopMark = '1',
  kDup = '2',
  kFloat = 'F',
  kInt = 'I',
  kBinInt = 'J',
  kBinInt1 = 'K',
  kLong = 'L',
  kBinInt2 = 'M',
  kNone = 'N',
  kPersId = 'P',
  kBinPersId = 'Q',
  kReduce = 'R',
  kString = 'S',
  kBinString = 'T',
  kShortBinString = 'U',
  kUnicode = 'V',
  kBinUnicode = 'X',
  kAppend = 'a',
  kBuild = 'b',
  kGlobal = 'c',
  kDict = 'd',
  kEmptyDict = '}',
  kAppends = 'e',
  kGet = 'g',
  kBinGet = 'h',
  kInst = 'i',
  kLongBinGet = 'j',
  kList = 'l',
  kEmptyList = ']',
  kObj = 'o',
  kPut = 'p',
  kBinPut = 'q',
  kLongBinPut = 'r',
  kSetItem = 's',
  kTuple = 't',
  kEmptyTuple = ')',
  kSetItems = 'u',
  kBinFloat = 'G',
  kBinBytes = 'B',
  kShortBinBytes = 'C',
  kProto = 0x80,
  kNewObj = 0x81,
  kExt1 = 0x82,
  kExt2 = 0x83,
  kExt4 = 0x84,
  kTuple1 = 0x85,
  kTuple2 = 0x86,
  kTuple3 = 0x87,
  kNewTrue = 0x88,
  kNewFalse = 0x89,
  kLong1 = 0x8a,
  kLong4 = 0x8b,
  kShortBinUnicode = 0x8c,
  kBinUnicode8 = 0x8d,
  kBinBytes8 = 0x8e,
  kEmptySet = 0x8f,
  kAddItems = 0x90,
  kFrozenSet = 0x91,
  kNewObjEx = 0x92,
  kStackGlobal = 0x93,
  kMemoize = 0x94,
  kFrame = 0x95,
  kByteArray8 = 0x96,
  kNextBuffer = 0x97,
  kReadOnlyBuffer = 0x98,
};

// Decimal digits of a little-endian two's complement integer.
std::string DecimalOf(std::string_view bytes) {
  std::vector<uint32_t> limbs((bytes.size() + 3) / 4, 0);
  const bool negative = (static_cast<uint8_t>(bytes.back()) & 0x80) != 0;
  for (size_t i = 0; i < limbs.size() * 4; ++i) {
    const uint8_t byte = i < bytes.size() ? static_cast<uint8_t>(bytes[i]) : negative ? 0xff : 0;
    limbs[i / 4] |= uint32_t{byte} << (8 * (i % 4));
  }
  if (negative) {
    uint64_t carry = 1;
    for (uint32_t& limb : limbs) {
      const uint64_t sum = uint64_t{~limb} + carry;
      limb = static_cast<uint32_t>(sum);
      carry = sum >> 32;
    }
  }
  std::string digits;  // backwards
  while (!limbs.empty()) {
    uint64_t remainder = 0;
    for (size_t i = limbs.size(); i-- > 0;) {
      const uint64_t value = remainder << 32 | limbs[i];
      limbs[i] = static_cast<uint32_t>(value / 1'000'000'000);
      remainder = value % 1'000'000'000;
    }
    while (!limbs.empty() && limbs.back() == 0) limbs.pop_back();
    for (int k = 0; k < 9 && (remainder > 0 || !limbs.empty()); ++k, remainder /= 10) {
      digits += static_cast<char>('0' + remainder % 10);
    }
  }
  if (negative) digits += '-';
  return std::string(digits.rbegin(), digits.rend());
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Reads `count` hexadecimal digits at `at`; false if there are fewer.
bool ReadHex(std::string_view text, size_t at, size_t count, uint32_t* value) {
  if (at > text.size() || text.size() - at < count) return false;
  *value = 0;
  for (size_t i = 0; i < count; ++i) {
    const int digit = HexDigit(text[at + i]);
    if (digit < 0) return false;
    *value = *value << 4 | static_cast<uint32_t>(digit);
  }
  return true;
}

}  // namespace

bool PickleMachine::Fail(StatusCode code, std::string_view what) {
  error_ = piece_.Error(code, opcode_at_, what);
  return false;
}

bool PickleMachine::FailWith(const Status& status) {
  if (status.message().substr(0, piece_.label.size()) == piece_.label) {  // has its place already
    error_ = status;
    return false;
  }
  error_ = piece_.Error(status.code(), opcode_at_, status.message());
  if (!status.info().hint.empty()) error_ = error_.WithHint(status.info().hint);
  return false;
}

const char* PickleMachine::Take(uint64_t size) {
  if (size > static_cast<uint64_t>(end_ - at_)) {
    Bad(fmt::format("the pickle is truncated: {} more bytes are announced, {} are left", size,
                    end_ - at_));
    return nullptr;
  }
  const char* result = at_;
  at_ += size;
  return result;
}

bool PickleMachine::TakeLine(std::string_view* line) {
  const auto* newline =
      static_cast<const char*>(std::memchr(at_, '\n', static_cast<size_t>(end_ - at_)));
  if (newline == nullptr) return Bad("the pickle is truncated: a line has no end");
  *line = std::string_view(at_, static_cast<size_t>(newline - at_));
  at_ = newline + 1;
  return true;
}

bool PickleMachine::TakeSized(size_t width, std::string_view* bytes) {
  const char* length = Take(width);
  if (length == nullptr) return false;
  const uint64_t size = width == 1   ? LoadLittle<uint8_t>(length)
                        : width == 4 ? LoadLittle<uint32_t>(length)
                                     : LoadLittle<uint64_t>(length);
  const char* data = Take(size);
  if (data == nullptr) return false;
  *bytes = std::string_view(data, size);
  return true;
}

Datum* PickleMachine::Pop() {
  if (stack_.size() <= Fence()) {
    Bad("the pickle takes a value from an empty stack");
    return nullptr;
  }
  Datum* top = stack_.back();
  stack_.pop_back();
  return top;
}

Datum* PickleMachine::Top() {
  if (stack_.size() <= Fence()) {
    Bad("the pickle uses a value of an empty stack");
    return nullptr;
  }
  return stack_.back();
}

bool PickleMachine::PopMark(size_t* begin) {
  if (marks_.empty()) return Bad("the pickle closes a group that it has not opened");
  *begin = marks_.back();
  marks_.pop_back();
  return true;
}

bool PickleMachine::Put(uint64_t index, Datum* datum) {
  if (index < memo_.size() || index <= 2 * memo_size_ + 1024) {
    if (index >= memo_.size()) memo_.resize(index + 1, nullptr);
    if (memo_[index] == nullptr) ++memo_size_;
    memo_[index] = datum;
    return true;
  }
  if (sparse_memo_.insert_or_assign(index, datum).second) ++memo_size_;
  return true;
}

bool PickleMachine::Get(uint64_t index) {
  if (index < memo_.size() && memo_[index] != nullptr) return Push(memo_[index]);
  const auto found = sparse_memo_.find(index);
  if (found != sparse_memo_.end()) return Push(found->second);
  return Bad(fmt::format("the pickle recalls entry {}, which it never stored", index));
}

bool PickleMachine::PushString(std::string_view text) {
  const size_t invalid = FindInvalidUtf8(text);
  if (invalid != std::string_view::npos) {
    opcode_at_ = text.data() + invalid;
    return Bad("a string that is not valid UTF-8");
  }
  return Push(builder_.Text(DatumKind::kString, text));
}

bool PickleMachine::PushPython2String(std::string_view text) {
  return Push(builder_.Text(IsValidUtf8(text) ? DatumKind::kString : DatumKind::kBytes, text));
}

// Python's raw-unicode-escape: Latin-1 with \uXXXX and \UXXXXXXXX.
bool PickleMachine::PushEscapedUnicode(std::string_view line) {
  if (IsAscii(line) && line.find('\\') == std::string_view::npos) {
    return Push(builder_.Text(DatumKind::kString, line));
  }
  std::string text;
  for (size_t i = 0; i < line.size();) {
    uint32_t c = static_cast<uint8_t>(line[i++]);
    if (c == '\\' && i < line.size() && (line[i] == 'u' || line[i] == 'U')) {
      const size_t digits = line[i] == 'u' ? 4 : 8;
      if (!ReadHex(line, i + 1, digits, &c)) return Bad("a string with a damaged \\u escape");
      i += 1 + digits;
    }
    if (!AppendUtf8(c, &text)) return Bad("a string with an escape that is no character");
  }
  return Push(builder_.Text(DatumKind::kString, builder_.CopyText(text)));
}

// The repr of a str of Python 2.
bool PickleMachine::PushQuotedString(std::string_view line) {
  while (!line.empty() && (line.back() == ' ' || line.back() == '\r')) line.remove_suffix(1);
  if (line.size() < 2 || line.front() != line.back() || (line[0] != '\'' && line[0] != '"')) {
    return Bad("a string without its quotes");
  }
  line = line.substr(1, line.size() - 2);
  std::string text;
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] != '\\') {
      text += line[i];
      continue;
    }
    if (++i == line.size()) return Bad("a string that ends in a backslash");
    uint32_t code = 0;
    switch (line[i]) {
      case 'n':
        text += '\n';
        break;
      case 't':
        text += '\t';
        break;
      case 'r':
        text += '\r';
        break;
      case 'a':
        text += '\a';
        break;
      case 'b':
        text += '\b';
        break;
      case 'f':
        text += '\f';
        break;
      case 'v':
        text += '\v';
        break;
      case '\\':
      case '\'':
      case '"':
        text += line[i];
        break;
      case 'x':
        if (!ReadHex(line, i + 1, 2, &code)) return Bad("a string with a damaged \\x escape");
        text += static_cast<char>(code);
        i += 2;
        break;
      default: {
        size_t digits = 0;
        while (digits < 3 && i + digits < line.size() && line[i + digits] >= '0' &&
               line[i + digits] <= '7') {
          code = code * 8 + static_cast<uint32_t>(line[i + digits++] - '0');
        }
        if (digits == 0) {
          text += '\\';
          text += line[i];
        } else {
          text += static_cast<char>(code & 0xff);
          i += digits - 1;
        }
      }
    }
  }
  return PushPython2String(builder_.CopyText(text));
}

bool PickleMachine::PushDecimal(std::string_view line) {
  if (!line.empty() && line.back() == 'L') line.remove_suffix(1);
  int64_t value = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), value);
  if (error == std::errc() && end == line.data() + line.size()) return Push(builder_.Int(value));
  std::string_view digits = line;
  if (!digits.empty() && digits[0] == '-') digits.remove_prefix(1);
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos) {
    return Bad("a number that is no decimal integer");
  }
  return Push(builder_.Text(DatumKind::kBigInt, line));
}

bool PickleMachine::PushInteger(std::string_view bytes) {
  if (bytes.size() <= 8) {
    uint64_t value = 0;
    for (size_t i = bytes.size(); i-- > 0;) value = value << 8 | static_cast<uint8_t>(bytes[i]);
    const size_t width = 8 * bytes.size();
    if (!bytes.empty() && width < 64 && (static_cast<uint8_t>(bytes.back()) & 0x80)) {
      value |= ~uint64_t{0} << width;
    }
    return Push(builder_.Int(static_cast<int64_t>(value)));
  }
  // Spare sign bytes do not make it a big one.
  const auto sign = static_cast<int8_t>(bytes[7]) < 0 ? '\xff' : '\0';
  if (bytes.substr(8).find_first_not_of(sign) == std::string_view::npos) {
    return PushInteger(bytes.substr(0, 8));
  }
  if (bytes.size() > kMaxIntegerBytes) {
    return Bad(fmt::format("an integer of {} bytes (at most {})", bytes.size(), kMaxIntegerBytes));
  }
  return Push(builder_.Text(DatumKind::kBigInt, builder_.CopyText(DecimalOf(bytes))));
}

bool PickleMachine::PushTextFloat(std::string_view line) {
  double value = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), value);
  if (error != std::errc() || end != line.data() + line.size()) {
    return Bad("a number that is no float");
  }
  return Push(builder_.Float(value));
}

bool PickleMachine::PushName(std::string_view module, std::string_view name) {
  Datum* value = session_.Name(module, name);
  if (value != nullptr) return Push(value);
  std::string shown;
  for (const char c : fmt::format("{}.{}", module.substr(0, 100), name.substr(0, 100))) {
    shown += c >= ' ' && c <= '~' ? c : '?';
  }
  Fail(StatusCode::kUnsupported, fmt::format("the class or function '{}' is not known", shown));
  error_ = error_.WithHint(
      "pickles are read as plain data and nothing in them is run; save it as lists, dicts, numpy "
      "arrays or tensors");
  return false;
}

bool PickleMachine::MakeSequence(DatumKind kind, size_t begin) {
  Datum* sequence = builder_.Sequence(kind, stack_.data() + begin, stack_.size() - begin);
  stack_.resize(begin);
  return Push(sequence);
}

bool PickleMachine::AddItems(size_t begin, bool list) {
  if (begin <= Fence()) return Bad("the pickle adds to a container that is not there");
  Datum* target = stack_[begin - 1];
  if (target->kind() != (list ? DatumKind::kList : DatumKind::kSet)) {
    return Bad(fmt::format("the pickle adds elements to a {}", DatumKindName(target->kind())));
  }
  builder_.Append(target, stack_.data() + begin, stack_.size() - begin);
  stack_.resize(begin);
  return true;
}

bool PickleMachine::SetItems(size_t begin) {
  if (begin <= Fence()) return Bad("the pickle adds to a container that is not there");
  Datum* target = stack_[begin - 1];
  if (target->kind() != DatumKind::kDict) {
    return Bad(fmt::format("the pickle sets keys of a {}", DatumKindName(target->kind())));
  }
  if ((stack_.size() - begin) % 2 != 0) return Bad("a dict key without a value");
  for (size_t i = begin; i < stack_.size(); i += 2) builder_.Put(target, stack_[i], stack_[i + 1]);
  stack_.resize(begin);
  return true;
}

bool PickleMachine::Call(const Datum& callable, const Datum& arguments) {
  if (arguments.kind() != DatumKind::kTuple) return Bad("a call whose arguments are no tuple");
  auto result = session_.Call(piece_, callable, arguments.items());
  if (!result.ok()) return FailWith(result.status());
  return Push(*result);
}

bool PickleMachine::PersistentLoad(const Datum& id) {
  if (torch_ == nullptr) {
    return Fail(StatusCode::kUnsupported, "a reference to an object outside the pickle");
  }
  auto result = session_.PersistentLoad(torch_, piece_, id);
  if (!result.ok()) return FailWith(result.status());
  return Push(*result);
}

bool PickleMachine::Build() {
  Datum* state = Pop();
  if (state == nullptr) return false;
  Datum* object = Top();
  if (object == nullptr) return false;
  const Status status = session_.Build(object, *state);
  return status.ok() || FailWith(status);
}

bool PickleMachine::TakeIndex(uint64_t* index) {
  std::string_view line;
  if (!TakeLine(&line)) return false;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), *index);
  if (error != std::errc() || end != line.data() + line.size()) {
    return Bad("a memo index that is no number");
  }
  return true;
}

Result<Datum*> PickleMachine::Run() {
  while (true) {
    opcode_at_ = at_;
    if (at_ == end_) {
      Bad("the pickle is truncated: it ends without its stop mark");
      return error_;
    }
    const auto opcode = static_cast<uint8_t>(*at_++);
    if (opcode == kStop) {
      Datum* root = Pop();
      return root != nullptr ? Result<Datum*>(root) : Result<Datum*>(error_);
    }
    if (!Step(opcode)) return error_;
    const size_t most = builder_.limits().max_values;
    if (builder_.exhausted() || stack_.size() > most || memo_size_ > most) {
      FailWith(builder_.ExhaustedError());
      return error_;
    }
  }
}

bool PickleMachine::Step(uint8_t opcode) {
  const char* data;
  std::string_view text;
  size_t begin;
  uint64_t index;
  Datum* a;
  Datum* b;
  switch (opcode) {
    case kMark:
      if (marks_.size() >= 2 * builder_.limits().max_depth) return Bad("values nested too deep");
      marks_.push_back(stack_.size());
      return true;
    case kPop:
      // Above a mark with nothing on it, the mark itself is dropped.
      if (!marks_.empty() && stack_.size() == marks_.back()) return PopMark(&begin);
      return Pop() != nullptr;
    case kPopMark:
      if (!PopMark(&begin)) return false;
      stack_.resize(begin);
      return true;
    case kDup:
      return (a = Top()) != nullptr && Push(a);

    case kNone:
      return Push(builder_.Null());
    case kNewTrue:
      return Push(builder_.Bool(true));
    case kNewFalse:
      return Push(builder_.Bool(false));
    case kBinInt1:
      return (data = Take(1)) != nullptr && Push(builder_.Int(LoadLittle<uint8_t>(data)));
    case kBinInt2:
      return (data = Take(2)) != nullptr && Push(builder_.Int(LoadLittle<uint16_t>(data)));
    case kBinInt:
      return (data = Take(4)) != nullptr &&
             Push(builder_.Int(static_cast<int32_t>(LoadLittle<uint32_t>(data))));
    case kInt:
      if (!TakeLine(&text)) return false;
      if (text == "00" || text == "01") return Push(builder_.Bool(text == "01"));
      return PushDecimal(text);
    case kLong:
      return TakeLine(&text) && PushDecimal(text);
    case kLong1:
      return TakeSized(1, &text) && PushInteger(text);
    case kLong4:
      return TakeSized(4, &text) && PushInteger(text);
    case kFloat:
      return TakeLine(&text) && PushTextFloat(text);
    case kBinFloat: {
      if ((data = Take(8)) == nullptr) return false;
      const uint64_t bits = LoadBig64(data);
      double value;
      std::memcpy(&value, &bits, sizeof value);
      return Push(builder_.Float(value));
    }

    case kShortBinUnicode:
      return TakeSized(1, &text) && PushString(text);
    case kBinUnicode:
      return TakeSized(4, &text) && PushString(text);
    case kBinUnicode8:
      return TakeSized(8, &text) && PushString(text);
    case kUnicode:
      return TakeLine(&text) && PushEscapedUnicode(text);
    case kShortBinString:
      return TakeSized(1, &text) && PushPython2String(text);
    case kBinString:
      return TakeSized(4, &text) && PushPython2String(text);
    case kString:
      return TakeLine(&text) && PushQuotedString(text);
    case kShortBinBytes:
      return TakeSized(1, &text) && Push(builder_.Text(DatumKind::kBytes, text));
    case kBinBytes:
      return TakeSized(4, &text) && Push(builder_.Text(DatumKind::kBytes, text));
    case kBinBytes8:
    case kByteArray8:
      return TakeSized(8, &text) && Push(builder_.Text(DatumKind::kBytes, text));

    case kEmptyList:
      return Push(builder_.Container(DatumKind::kList));
    case kEmptyTuple:
      return Push(builder_.Container(DatumKind::kTuple));
    case kEmptyDict:
      return Push(builder_.Container(DatumKind::kDict));
    case kEmptySet:
      return Push(builder_.Container(DatumKind::kSet));
    case kTuple1:
    case kTuple2:
    case kTuple3: {
      const size_t count = opcode - kTuple1 + 1u;
      if (stack_.size() - Fence() < count) return Bad("a tuple of missing values");
      return MakeSequence(DatumKind::kTuple, stack_.size() - count);
    }
    case kTuple:
      return PopMark(&begin) && MakeSequence(DatumKind::kTuple, begin);
    case kList:
      return PopMark(&begin) && MakeSequence(DatumKind::kList, begin);
    case kFrozenSet:
      return PopMark(&begin) && MakeSequence(DatumKind::kSet, begin);
    case kDict:
      if (!PopMark(&begin)) return false;
      stack_.insert(stack_.begin() + static_cast<ptrdiff_t>(begin),
                    builder_.Container(DatumKind::kDict));
      return SetItems(begin + 1);
    case kAppend:
      return Top() != nullptr && AddItems(stack_.size() - 1, true);
    case kAppends:
      return PopMark(&begin) && AddItems(begin, true);
    case kAddItems:
      return PopMark(&begin) && AddItems(begin, false);
    case kSetItem:
      if (stack_.size() - Fence() < 3) return Bad("a key is set without key, value or dict");
      return SetItems(stack_.size() - 2);
    case kSetItems:
      return PopMark(&begin) && SetItems(begin);

    case kMemoize:
      return (a = Top()) != nullptr && Put(memo_size_, a);
    case kBinPut:
      return (a = Top()) != nullptr && (data = Take(1)) != nullptr &&
             Put(LoadLittle<uint8_t>(data), a);
    case kLongBinPut:
      return (a = Top()) != nullptr && (data = Take(4)) != nullptr &&
             Put(LoadLittle<uint32_t>(data), a);
    case kPut:
      return (a = Top()) != nullptr && TakeIndex(&index) && Put(index, a);
    case kBinGet:
      return (data = Take(1)) != nullptr && Get(LoadLittle<uint8_t>(data));
    case kLongBinGet:
      return (data = Take(4)) != nullptr && Get(LoadLittle<uint32_t>(data));
    case kGet:
      return TakeIndex(&index) && Get(index);

    case kGlobal: {
      std::string_view name;
      return TakeLine(&text) && TakeLine(&name) && PushName(text, name);
    }
    case kStackGlobal:
      if ((a = Pop()) == nullptr || (b = Pop()) == nullptr) return false;
      if (!a->is_string() || !b->is_string()) return Bad("a class whose name is no string");
      return PushName(b->text(), a->text());
    case kReduce:
    case kNewObj:
      return (a = Pop()) != nullptr && (b = Pop()) != nullptr && Call(*b, *a);
    case kNewObjEx: {
      Datum* keywords = Pop();
      if (keywords == nullptr || (a = Pop()) == nullptr || (b = Pop()) == nullptr) return false;
      if (keywords->size() > 0 || !keywords->is_dict()) {
        return Fail(StatusCode::kUnsupported, "a call with keyword arguments");
      }
      return Call(*b, *a);
    }
    case kInst: {
      std::string_view name;
      if (!TakeLine(&text) || !TakeLine(&name) || !PopMark(&begin)) return false;
      MakeSequence(DatumKind::kTuple, begin);
      if (!PushName(text, name)) return false;
      return (b = Pop()) != nullptr && (a = Pop()) != nullptr && Call(*b, *a);
    }
    case kObj:
      if (!PopMark(&begin)) return false;
      if (begin == stack_.size()) return Bad("an object without its class");
      MakeSequence(DatumKind::kTuple, begin + 1);
      return (a = Pop()) != nullptr && (b = Pop()) != nullptr && Call(*b, *a);
    case kBuild:
      return Build();
    case kPersId:
      return TakeLine(&text) && PersistentLoad(*builder_.Text(DatumKind::kBytes, text));
    case kBinPersId:
      return (a = Pop()) != nullptr && PersistentLoad(*a);

    case kProto:
      if ((data = Take(1)) == nullptr) return false;
      if (const auto version = LoadLittle<uint8_t>(data); version > 5) {
        return Fail(StatusCode::kUnsupported,
                    fmt::format("pickle protocol {} (known are 0 to 5)", version));
      }
      return true;
    case kFrame:
      if ((data = Take(8)) == nullptr) return false;
      if (LoadLittle<uint64_t>(data) > static_cast<uint64_t>(end_ - at_)) {
        return Bad("the pickle is truncated: a frame reaches past the end");
      }
      return true;
    case kExt1:
    case kExt2:
    case kExt4:
      return Fail(StatusCode::kUnsupported, "a class from Python's extension registry");
    case kNextBuffer:
    case kReadOnlyBuffer:
      return Fail(StatusCode::kUnsupported, "data that was pickled into a separate buffer");
    default:
      return Bad(fmt::format("{:#04x} is no pickle opcode; is this a pickle?", opcode));
  }
}

}  // namespace gesta::format

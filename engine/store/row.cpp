#include "store/row.h"

#include <algorithm>

namespace gesta::store {
namespace {

enum RowTag : char {
  kFalse = 0,
  kTrue,
  kInteger,
  kFloat,
  kString,
  kDate,
  kLocalTime,
  kTime,
  kLocalDateTime,
  kDateTime,
  kDuration,
  kList,
  kFloatList,
};

bool IsStorableScalar(ValueType type) {
  switch (type) {
    case ValueType::kBoolean:
    case ValueType::kInteger:
    case ValueType::kFloat:
    case ValueType::kString:
    case ValueType::kDate:
    case ValueType::kLocalTime:
    case ValueType::kTime:
    case ValueType::kLocalDateTime:
    case ValueType::kDateTime:
    case ValueType::kDuration:
      return true;
    default:
      return false;
  }
}

Status InvalidPropertyType(std::string what) {
  ErrorInfo info;
  info.code = StatusCode::kType;
  info.message = std::move(what);
  info.hint =
      "a property holds a boolean, number, string or temporal value, or a list of such values of "
      "one type";
  info.type = "TypeError";
  info.detail = "InvalidPropertyType";
  return Status(std::move(info));
}

void AppendFloatBits(double v, std::string* to) {
  uint64_t bits;
  std::memcpy(&bits, &v, sizeof bits);
  for (int i = 0; i < 8; ++i, bits >>= 8) to->push_back(static_cast<char>(bits));
}

double FloatFromBits(const char* bytes) {
  uint64_t bits = 0;
  for (int i = 7; i >= 0; --i) bits = bits << 8 | static_cast<uint8_t>(bytes[i]);
  double v;
  std::memcpy(&v, &bits, sizeof v);
  return v;
}

bool AllFloats(const List& list) {
  return !list.empty() && std::all_of(list.begin(), list.end(),
                                      [](const Value& v) { return v.type() == ValueType::kFloat; });
}

bool DecodeList(ByteReader reader, Value* value) {
  const uint64_t n = reader.Varint();
  if (!reader.ok() || n > reader.left()) return false;
  List items;
  items.reserve(n);
  for (uint64_t i = 0; i < n; ++i) {
    const std::string_view bytes = reader.Take(reader.Varint());
    // Lists do not nest; refusing it here bounds the recursion on damaged rows.
    if (!reader.ok() || bytes.empty() || bytes[0] == kList || bytes[0] == kFloatList) return false;
    Value item;
    if (!DecodeValue(bytes, &item)) return false;
    items.push_back(std::move(item));
  }
  *value = Value::MakeList(std::move(items));
  return reader.left() == 0;
}

}  // namespace

Status CheckStorable(const Value& value) {
  const ValueType type = value.type();
  if (type == ValueType::kNull || IsStorableScalar(type)) return Status::Ok();
  const std::string name(ValueTypeName(type));
  if (type != ValueType::kList) {
    return InvalidPropertyType("a " + name + " cannot be stored as a property");
  }
  auto kind = [](const Value& v) {
    return v.type() == ValueType::kFloat ? ValueType::kInteger : v.type();
  };
  const List& items = value.AsList();
  for (const Value& item : items) {
    if (!IsStorableScalar(item.type())) {
      return InvalidPropertyType("a list that contains a " +
                                 std::string(ValueTypeName(item.type())) +
                                 " cannot be stored as a property");
    }
    if (kind(item) != kind(items[0])) {
      return InvalidPropertyType(
          "a list that mixes " + std::string(ValueTypeName(items[0].type())) + " and " +
          std::string(ValueTypeName(item.type())) + " cannot be stored as a property");
    }
  }
  return Status::Ok();
}

void AppendValue(const Value& value, std::string* to) {
  switch (value.type()) {
    case ValueType::kBoolean:
      to->push_back(value.AsBoolean() ? kTrue : kFalse);
      return;
    case ValueType::kInteger:
      to->push_back(kInteger);
      AppendSigned(to, value.AsInteger());
      return;
    case ValueType::kFloat:
      to->push_back(kFloat);
      AppendFloatBits(value.AsFloat(), to);
      return;
    case ValueType::kString:
      to->push_back(kString);
      to->append(value.AsString());
      return;
    case ValueType::kDate:
      to->push_back(kDate);
      AppendSigned(to, value.DateDays());
      return;
    case ValueType::kLocalTime:
      to->push_back(kLocalTime);
      AppendSigned(to, value.TimeNanos());
      return;
    case ValueType::kTime:
      to->push_back(kTime);
      AppendSigned(to, value.TimeNanos());
      AppendSigned(to, value.TimeOffset());
      return;
    case ValueType::kLocalDateTime:
      to->push_back(kLocalDateTime);
      AppendSigned(to, value.LocalEpochSeconds());
      AppendVarint(to, static_cast<uint32_t>(value.LocalNanos()));
      return;
    case ValueType::kDateTime: {
      const DateTimeData& d = value.AsDateTime();
      to->push_back(kDateTime);
      AppendSigned(to, d.epoch_seconds);
      AppendVarint(to, static_cast<uint32_t>(d.nanos));
      AppendSigned(to, d.offset_seconds);
      to->append(d.zone);
      return;
    }
    case ValueType::kDuration: {
      const DurationData& d = value.AsDuration();
      to->push_back(kDuration);
      AppendSigned(to, d.months);
      AppendSigned(to, d.days);
      AppendSigned(to, d.seconds);
      AppendVarint(to, static_cast<uint32_t>(d.nanos));
      return;
    }
    case ValueType::kList: {
      const List& items = value.AsList();
      if (AllFloats(items)) {
        to->push_back(kFloatList);
        for (const Value& item : items) AppendFloatBits(item.AsFloat(), to);
        return;
      }
      to->push_back(kList);
      AppendVarint(to, items.size());
      std::string bytes;
      for (const Value& item : items) {
        bytes.clear();
        AppendValue(item, &bytes);
        AppendVarint(to, bytes.size());
        to->append(bytes);
      }
      return;
    }
    default:
      assert(false && "CheckStorable comes first");
  }
}

bool DecodeValue(std::string_view bytes, Value* value) {
  if (bytes.empty()) return false;
  ByteReader reader(bytes.substr(1));
  switch (bytes[0]) {
    case kFalse:
    case kTrue:
      *value = Value::Boolean(bytes[0] == kTrue);
      break;
    case kInteger:
      *value = Value::Integer(reader.Signed());
      break;
    case kFloat: {
      const std::string_view bits = reader.Take(8);
      if (bits.empty()) return false;
      *value = Value::Float(FloatFromBits(bits.data()));
      break;
    }
    case kString:
      *value = Value::String(reader.rest());
      return true;
    case kDate:
      *value = Value::Date(reader.Signed());
      break;
    case kLocalTime:
      *value = Value::LocalTime(reader.Signed());
      break;
    case kTime: {
      const int64_t nanos = reader.Signed();
      *value = Value::Time(nanos, static_cast<int32_t>(reader.Signed()));
      break;
    }
    case kLocalDateTime: {
      const int64_t seconds = reader.Signed();
      *value = Value::LocalDateTime(seconds, static_cast<int32_t>(reader.Varint()));
      break;
    }
    case kDateTime: {
      DateTimeData d;
      d.epoch_seconds = reader.Signed();
      d.nanos = static_cast<int32_t>(reader.Varint());
      d.offset_seconds = static_cast<int32_t>(reader.Signed());
      d.zone = std::string(reader.rest());
      *value = Value::DateTime(std::move(d));
      return reader.ok();
    }
    case kDuration: {
      DurationData d;
      d.months = reader.Signed();
      d.days = reader.Signed();
      d.seconds = reader.Signed();
      d.nanos = static_cast<int32_t>(reader.Varint());
      *value = Value::Duration(d);
      break;
    }
    case kList:
      return DecodeList(reader, value);
    case kFloatList: {
      if (reader.left() % 8 != 0) return false;
      List items;
      items.reserve(reader.left() / 8);
      for (const char* at = bytes.data() + 1; at < bytes.data() + bytes.size(); at += 8) {
        items.push_back(Value::Float(FloatFromBits(at)));
      }
      *value = Value::MakeList(std::move(items));
      return true;
    }
    default:
      return false;
  }
  return reader.ok() && reader.left() == 0;
}

std::optional<std::string_view> PropertyView::Find(NameId key) const {
  ByteReader reader(bytes_);
  const uint64_t n = reader.Varint();
  uint64_t offset = 0;
  for (uint64_t i = 0; i < n && reader.ok(); ++i) {
    const uint64_t candidate = reader.Varint();
    const uint64_t size = reader.Varint();
    if (candidate == key) {
      // The values start after the remaining entries of the head.
      for (uint64_t rest = i + 1; rest < n && reader.ok(); ++rest) {
        reader.Varint();
        reader.Varint();
      }
      reader.Take(offset);
      const std::string_view value = reader.Take(size);
      if (!reader.ok()) return std::nullopt;
      return value;
    }
    if (candidate > key) break;
    offset += size;
  }
  return std::nullopt;
}

bool PropertyView::All(std::vector<RawProperty>* out) const {
  ByteReader reader(bytes_);
  const uint64_t n = reader.Varint();
  if (!reader.ok() || n > reader.left()) return false;
  ByteReader values = reader;
  for (uint64_t i = 0; i < n; ++i) {
    values.Varint();
    values.Varint();
  }
  for (uint64_t i = 0; i < n; ++i) {
    const auto key = static_cast<NameId>(reader.Varint());
    const std::string_view bytes = values.Take(reader.Varint());
    if (!values.ok() || !reader.ok()) return false;
    if (!out->empty() && i > 0 && out->back().key >= key) return false;
    out->push_back({key, bytes});
  }
  return values.left() == 0;
}

void AppendProperties(const std::vector<RawProperty>& properties, std::string* to) {
  AppendVarint(to, properties.size());
  for (const RawProperty& p : properties) {
    AppendVarint(to, p.key);
    AppendVarint(to, p.bytes.size());
  }
  for (const RawProperty& p : properties) to->append(p.bytes);
}

bool NodeRow::Parse(std::string_view bytes, NodeRow* row) {
  ByteReader reader(bytes);
  const uint64_t n = reader.Varint();
  if (!reader.ok() || n > reader.left()) return false;
  row->labels.clear();
  row->labels.reserve(n);
  for (uint64_t i = 0; i < n; ++i) {
    const auto label = static_cast<NameId>(reader.Varint());
    if (i > 0 && row->labels.back() >= label) return false;
    row->labels.push_back(label);
  }
  row->properties = PropertyView(reader.rest());
  return reader.ok();
}

void AppendNodeHeader(const std::vector<NameId>& labels, std::string* to) {
  AppendVarint(to, labels.size());
  for (NameId label : labels) AppendVarint(to, label);
}

PropertyView NodeProperties(std::string_view row) {
  ByteReader reader(row);
  for (uint64_t n = reader.Varint(); n > 0 && reader.ok(); --n) reader.Varint();
  return PropertyView(reader.rest());
}

bool NodeHasLabel(std::string_view row, NameId label) {
  ByteReader reader(row);
  for (uint64_t n = reader.Varint(); n > 0 && reader.ok(); --n) {
    const uint64_t candidate = reader.Varint();
    if (candidate >= label) return candidate == label;
  }
  return false;
}

bool RelRow::Parse(std::string_view bytes, RelRow* row) {
  if (bytes.size() < kRelHeaderSize) return false;
  row->record = {ReadU64(bytes.data()), ReadU64(bytes.data() + 12), ReadU32(bytes.data() + 8)};
  row->properties = PropertyView(bytes.substr(kRelHeaderSize));
  return true;
}

NameId RelType(std::string_view row) { return ReadU32(row.data() + 8); }

void AppendRelHeader(const RelationshipRecord& record, std::string* to) {
  char bytes[kRelHeaderSize];
  WriteU64(bytes, record.start);
  WriteU32(bytes + 8, record.type);
  WriteU64(bytes + 12, record.end);
  to->append(bytes, sizeof bytes);
}

}  // namespace gesta::store

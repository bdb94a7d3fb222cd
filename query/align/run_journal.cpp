#include "align/run_journal.h"

#include <cstdio>
#include <cstring>

namespace gesta::align {
namespace {

constexpr char kSeparator = '\x1f';
constexpr size_t kRecordBytes = 256 << 10;
constexpr char kUpdate = 'U';
constexpr char kRemoval = 'R';
constexpr char kType = 'T';
constexpr char kNode = 'N';

std::string Prefix(std::string_view run) {
  std::string key = "run";
  key += kSeparator;
  key += run;
  key += kSeparator;
  key += "undo";
  key += kSeparator;
  return key;
}

Status Damaged(std::string_view run) {
  return Status(StatusCode::kCorruption,
                "the record of what run '" + std::string(run) + "' replaced is damaged");
}

// -- writing --

void PutNumber(uint64_t number, size_t bytes, std::string* out) {
  for (size_t i = 0; i < bytes; ++i) *out += static_cast<char>(number >> (8 * i));
}

void PutText(std::string_view text, std::string* out) {
  PutNumber(text.size(), 4, out);
  *out += text;
}

// The type byte is the ValueType. Content: boolean u8; integer, float, date, local time u64; time
// u64 and offset u32; local date-time u64 and nanos u32; date-time seconds u64, nanos u32, offset
// u32, zone text; duration months, days, seconds u64 and nanos u32; string text; list u32 count and
// values.
void PutValue(const Value& value, std::string* out) {
  *out += static_cast<char>(value.type());
  switch (value.type()) {
    case ValueType::kBoolean:
      *out += static_cast<char>(value.AsBoolean());
      break;
    case ValueType::kInteger:
      PutNumber(static_cast<uint64_t>(value.AsInteger()), 8, out);
      break;
    case ValueType::kFloat: {
      const double number = value.AsFloat();
      uint64_t bits;
      std::memcpy(&bits, &number, sizeof bits);
      PutNumber(bits, 8, out);
      break;
    }
    case ValueType::kString:
      PutText(value.AsString(), out);
      break;
    case ValueType::kList:
      PutNumber(value.AsList().size(), 4, out);
      for (const Value& item : value.AsList()) PutValue(item, out);
      break;
    case ValueType::kDate:
      PutNumber(static_cast<uint64_t>(value.DateDays()), 8, out);
      break;
    case ValueType::kLocalTime:
      PutNumber(static_cast<uint64_t>(value.TimeNanos()), 8, out);
      break;
    case ValueType::kTime:
      PutNumber(static_cast<uint64_t>(value.TimeNanos()), 8, out);
      PutNumber(static_cast<uint32_t>(value.TimeOffset()), 4, out);
      break;
    case ValueType::kLocalDateTime:
      PutNumber(static_cast<uint64_t>(value.LocalEpochSeconds()), 8, out);
      PutNumber(static_cast<uint32_t>(value.LocalNanos()), 4, out);
      break;
    case ValueType::kDateTime: {
      const DateTimeData& data = value.AsDateTime();
      PutNumber(static_cast<uint64_t>(data.epoch_seconds), 8, out);
      PutNumber(static_cast<uint32_t>(data.nanos), 4, out);
      PutNumber(static_cast<uint32_t>(data.offset_seconds), 4, out);
      PutText(data.zone, out);
      break;
    }
    case ValueType::kDuration: {
      const DurationData& data = value.AsDuration();
      PutNumber(static_cast<uint64_t>(data.months), 8, out);
      PutNumber(static_cast<uint64_t>(data.days), 8, out);
      PutNumber(static_cast<uint64_t>(data.seconds), 8, out);
      PutNumber(static_cast<uint32_t>(data.nanos), 4, out);
      break;
    }
    default:  // other types are no property values
      break;
  }
}

void PutProperties(const NamedProperties& properties, std::string* out) {
  PutNumber(properties.size(), 4, out);
  for (const auto& [key, value] : properties) {
    PutText(key, out);
    PutValue(value, out);
  }
}

// -- reading; once something does not fit, ok() is false and everything reads as empty --

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  bool ok() const { return ok_; }
  bool AtEnd() const { return rest_.empty() || !ok_; }

  uint64_t Number(size_t bytes) {
    if (!Has(bytes)) return 0;
    uint64_t number = 0;
    for (size_t i = bytes; i-- > 0;) number = number << 8 | static_cast<uint8_t>(rest_[i]);
    rest_.remove_prefix(bytes);
    return number;
  }
  int64_t Signed() { return static_cast<int64_t>(Number(8)); }
  int32_t Signed32() { return static_cast<int32_t>(Number(4)); }
  std::string Text() {
    const size_t size = Number(4);
    if (!Has(size)) return {};
    std::string text(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return text;
  }
  Value Read(int depth = 0) {
    const auto type = static_cast<ValueType>(Number(1));
    switch (type) {
      case ValueType::kNull:
        return {};
      case ValueType::kBoolean:
        return Value::Boolean(Number(1) != 0);
      case ValueType::kInteger:
        return Value::Integer(Signed());
      case ValueType::kFloat: {
        const uint64_t bits = Number(8);
        double number;
        std::memcpy(&number, &bits, sizeof number);
        return Value::Float(number);
      }
      case ValueType::kString:
        return Value::String(Text());
      case ValueType::kList: {
        List items;
        const size_t count = Number(4);
        // A list's items take at least a byte each, and property lists do not nest.
        if (!Has(count) || depth > 0) return Fail();
        for (size_t i = 0; i < count && ok_; ++i) items.push_back(Read(depth + 1));
        return Value::MakeList(std::move(items));
      }
      case ValueType::kDate:
        return Value::Date(Signed());
      case ValueType::kLocalTime:
        return Value::LocalTime(Signed());
      case ValueType::kTime: {
        const int64_t nanos = Signed();
        return Value::Time(nanos, Signed32());
      }
      case ValueType::kLocalDateTime: {
        const int64_t seconds = Signed();
        return Value::LocalDateTime(seconds, Signed32());
      }
      case ValueType::kDateTime: {
        DateTimeData data;
        data.epoch_seconds = Signed();
        data.nanos = Signed32();
        data.offset_seconds = Signed32();
        data.zone = Text();
        return Value::DateTime(std::move(data));
      }
      case ValueType::kDuration: {
        DurationData data;
        data.months = Signed();
        data.days = Signed();
        data.seconds = Signed();
        data.nanos = Signed32();
        return Value::Duration(data);
      }
      default:
        return Fail();
    }
  }
  NamedProperties Properties() {
    NamedProperties properties;
    const size_t count = Number(4);
    for (size_t i = 0; i < count && ok_; ++i) {
      std::string key = Text();
      properties.emplace_back(std::move(key), Read());
    }
    return properties;
  }
  Value Fail() {
    ok_ = false;
    return {};
  }

 private:
  bool Has(size_t bytes) {
    if (bytes > rest_.size()) ok_ = false;
    return ok_;
  }

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace

NamedProperties Named(const Transaction& transaction, const std::vector<Property>& properties) {
  NamedProperties named;
  for (const Property& property : properties) {
    named.emplace_back(transaction.Name(NameKind::kProperty, property.key), property.value);
  }
  return named;
}

Result<NamedProperties> ReadNamedProperties(Transaction& transaction, RelId rel) {
  GESTA_ASSIGN_OR_RETURN(const std::vector<Property> properties,
                         transaction.GetRelationshipProperties(rel));
  return Named(transaction, properties);
}

Result<std::vector<Property>> ToProperties(Transaction& transaction,
                                           const NamedProperties& properties) {
  std::vector<Property> made;
  for (const auto& [key, value] : properties) {
    GESTA_ASSIGN_OR_RETURN(const NameId id, transaction.GetOrCreateName(NameKind::kProperty, key));
    made.push_back({id, value});
  }
  return made;
}

const Value* FindProperty(const NamedProperties& properties, std::string_view key) {
  for (const auto& [name, value] : properties) {
    if (name == key) return &value;
  }
  return nullptr;
}

Status RunJournal::WroteType(std::string_view type) {
  buffer_ += kType;
  PutText(type, &buffer_);
  return FlushIfLarge();
}

Status RunJournal::Updated(RelId rel, const NamedProperties& before) {
  buffer_ += kUpdate;
  PutNumber(rel, 8, &buffer_);
  PutProperties(before, &buffer_);
  return FlushIfLarge();
}

Status RunJournal::Removed(const RelationshipRecord& record, const NamedProperties& before) {
  buffer_ += kRemoval;
  PutNumber(record.start, 8, &buffer_);
  PutNumber(record.end, 8, &buffer_);
  PutText(transaction_->Name(NameKind::kType, record.type), &buffer_);
  PutProperties(before, &buffer_);
  return FlushIfLarge();
}

Status RunJournal::MadeNode(NodeId node, bool is_shared) {
  buffer_ += kNode;
  PutNumber(node, 8, &buffer_);
  buffer_ += static_cast<char>(is_shared);
  return FlushIfLarge();
}

Status RunJournal::FlushIfLarge() { return buffer_.size() < kRecordBytes ? Status() : Flush(); }

Status RunJournal::Flush() {
  if (buffer_.empty()) return {};
  char number[16];
  std::snprintf(number, sizeof number, "%010u", records_++);
  GESTA_RETURN_IF_ERROR(transaction_->PutJobRecord(Prefix(run_) + number, buffer_));
  buffer_.clear();
  return {};
}

Result<RunJournal::Content> RunJournal::Read(Transaction& transaction, std::string_view run) {
  Content content;
  GESTA_ASSIGN_OR_RETURN(const auto records, transaction.ScanJobRecords(Prefix(run)));
  content.exists = !records.empty();
  for (const auto& [key, bytes] : records) {
    Reader reader(bytes);
    while (!reader.AtEnd()) {
      switch (static_cast<char>(reader.Number(1))) {
        case kType:
          content.types.push_back(reader.Text());
          break;
        case kNode: {
          const NodeId node = reader.Number(8);
          const bool is_shared = reader.Number(1) != 0;
          (is_shared ? content.shared_nodes : content.nodes).push_back(node);
          break;
        }
        case kUpdate: {
          const RelId rel = reader.Number(8);
          content.updates.push_back({rel, reader.Properties()});
          break;
        }
        case kRemoval: {
          Removal removal;
          removal.start = reader.Number(8);
          removal.end = reader.Number(8);
          removal.type = reader.Text();
          removal.before = reader.Properties();
          content.removals.push_back(std::move(removal));
          break;
        }
        default:
          return Damaged(run);
      }
    }
    if (!reader.ok()) return Damaged(run);
  }
  return content;
}

}  // namespace gesta::align

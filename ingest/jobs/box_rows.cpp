#include "jobs/box_rows.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <cmath>

namespace gesta::ingest {
namespace {

using readers::ReadState;

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string Lower(std::string_view text) {
  std::string lower(Trim(text));
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return lower;
}

// A finite number that takes the whole field.
bool ParseNumber(std::string_view field, double* number) {
  const char* last = field.data() + field.size();
  const auto [end, error] = std::from_chars(field.data(), last, *number);
  return error == std::errc() && end == last && std::isfinite(*number);
}

// Without a header the columns are these, in this order.
constexpr size_t kHeaderlessColumns = 14;

}  // namespace

bool ParseWhole(std::string_view field, int64_t* number) {
  const char* last = field.data() + field.size();
  const auto [end, error] = std::from_chars(field.data(), last, *number);
  if (error == std::errc() && end == last) return true;
  double value = 0;
  if (!ParseNumber(field, &value) || value != std::floor(value) || std::abs(value) > 1e15) {
    return false;
  }
  *number = static_cast<int64_t>(value);
  return true;
}

std::string BoxRowReader::ColumnName(size_t column) {
  static const std::array<std::string_view, kParts> names = {
      "video", "frame", "action", "human_id", "x1",   "y1",          "x2",
      "y2",    "o_x1",  "o_y1",   "o_x2",     "o_y2", "object_name", "object_id"};
  return std::string(column < kParts ? names[column] : kBodyParts[column - kParts]);
}

Result<BoxRowReader> BoxRowReader::Open(const std::string& path, Columns columns,
                                        const PartStates& states) {
  readers::CsvOptions options;
  options.header = false;  // whether there is one is seen from the first record
  GESTA_ASSIGN_OR_RETURN(auto csv, readers::CsvReader::Open(path, options));
  BoxRowReader reader(std::move(csv), &states);
  GESTA_RETURN_IF_ERROR(reader.ReadColumns(columns));
  return reader;
}

Status BoxRowReader::ReadColumns(Columns columns) {
  const ReadState state = reader_.Next();
  const std::string& path = reader_.source().path();
  if (state == ReadState::kEnd) {
    return Status(StatusCode::kBadData, fmt::format("{}: the file is empty", path));
  }
  if (state != ReadState::kRecord) return reader_.status();
  const auto& fields = reader_.fields();
  // A header has no number in the second column or anywhere else.
  double number = 0;
  bool has_numbers = false;
  for (const std::string_view field : fields) {
    has_numbers = has_numbers || ParseNumber(Trim(field), &number);
  }
  if (!has_numbers) {
    std::vector<std::string> header;
    for (const std::string_view field : fields) header.push_back(Lower(field));
    return UseHeader(columns, header);
  }
  if (columns == Columns::kObjects) {
    return Status(StatusCode::kBadData,
                  fmt::format("{}: line {}: a header that names the columns is expected", path,
                              reader_.line_number()));
  }
  if (fields.size() != kHeaderlessColumns) {
    return Status(StatusCode::kBadData,
                  fmt::format("{}: line {}: has {} columns instead of {}", path,
                              reader_.line_number(), fields.size(), kHeaderlessColumns),
                  fmt::format("without a header the columns are video, frame, x1, y1, x2, y2, "
                              "action, human_id, {}",
                              fmt::join(kBodyParts, ", ")));
  }
  size_t place = 0;
  for (const size_t column : {kVideo, kFrame, kX1, kY1, kX2, kY2, kAction, kPerson}) {
    places_[column] = place++;
  }
  for (size_t part = 0; part < kBodyParts.size(); ++part) places_[kParts + part] = place++;
  first_pending_ = true;
  return Status::Ok();
}

Status BoxRowReader::UseHeader(Columns columns, const std::vector<std::string>& header) {
  const std::string place =
      fmt::format("{}: line {}", reader_.source().path(), reader_.line_number());
  const auto names = [](size_t column) -> std::vector<std::string> {
    const std::string name = ColumnName(column);
    switch (column) {
      case kVideo:
        return {name, "video_id", "video_name"};
      case kFrame:
        return {name, "time", "timestamp", "second"};
      case kAction:
        return {name, "action_id"};
      case kPerson:
        return {name, "person_id", "person"};
      case kX1:
      case kY1:
      case kX2:
      case kY2:
        return {"h_" + name, "human_" + name, "person_" + name, name};
      case kObjectX1:
      case kObjectY1:
      case kObjectX2:
      case kObjectY2:
        return {name, "obj_" + name.substr(2), "object_" + name.substr(2)};
      case kObjectName:
        return {name, "object"};
      default:
        return {name};
    }
  };
  for (size_t column = 0; column < kColumns; ++column) {
    for (const std::string& name : names(column)) {
      for (size_t i = 0; i < header.size(); ++i) {
        if (header[i] != name) continue;
        if (places_[column] == i) continue;
        if (Has(column) && header[places_[column]] == name) {
          return Status(StatusCode::kBadData,
                        fmt::format("{}: two columns are named '{}'", place, name));
        }
        if (!Has(column)) places_[column] = i;
      }
      if (Has(column)) break;
    }
    const bool is_part = column >= kParts;
    const bool is_object = column >= kObjectX1 && column < kParts;
    const bool required = is_part     ? columns == Columns::kStates
                          : is_object ? columns == Columns::kObjects && column != kObjectId
                                      : true;
    if (required && !Has(column)) {
      return Status(
          StatusCode::kBadData,
          fmt::format("{}: there is no column '{}'", place, fmt::join(names(column), "' or '")),
          fmt::format("the columns are {}", fmt::join(header, ", ")));
    }
  }
  if (columns == Columns::kStates) {
    for (size_t column = kObjectX1; column < kParts; ++column) places_[column] = kNone;
  }
  return Status::Ok();
}

std::string_view BoxRowReader::Field(size_t column) const {
  return Trim(reader_.fields()[places_[column]]);
}

ReadState BoxRowReader::Next() {
  if (first_pending_) {
    first_pending_ = false;
    return Decode();
  }
  const ReadState state = reader_.Next();
  if (state == ReadState::kRecord) return Decode();
  if (state != ReadState::kEnd) status_ = reader_.status();
  return state;
}

bool BoxRowReader::DecodeBox(size_t first, Box* box) {
  double* const sides[] = {&box->x1, &box->y1, &box->x2, &box->y2};
  for (size_t side = 0; side < 4; ++side) {
    const std::string_view field = Field(first + side);
    if (!ParseNumber(field, sides[side])) {
      problem_ = fmt::format("{}: '{}' is no number", ColumnName(first + side), field);
      return false;
    }
    if (*sides[side] < 0 || *sides[side] > 1) {
      problem_ =
          fmt::format("{}: {} is outside of the picture ([0, 1])", ColumnName(first + side), field);
      return false;
    }
  }
  if (box->x1 > box->x2 || box->y1 > box->y2) {
    problem_ = fmt::format("the box ({}, {}, {}, {}) ends before it begins", box->x1, box->y1,
                           box->x2, box->y2);
    return false;
  }
  return true;
}

// A person may act on nothing: all four coordinates are missing then (empty or -1), and the name.
bool BoxRowReader::DecodeObject() {
  row_.has_object = false;
  size_t missing = 0;
  for (size_t column = kObjectX1; column <= kObjectY2; ++column) {
    const std::string_view field = Field(column);
    double number = 0;
    if (field.empty() || (ParseNumber(field, &number) && number == -1)) ++missing;
  }
  row_.object_name = Field(kObjectName);
  if (missing == 4 && (row_.object_name.empty() || row_.object_name == "-1")) return true;
  if (!DecodeBox(kObjectX1, &row_.object_box)) return false;
  if (row_.object_name.empty()) {
    problem_ = "object_name: the object has no name";
    return false;
  }
  row_.object_class.reset();
  if (Has(kObjectId) && !Field(kObjectId).empty()) {
    int64_t number = 0;
    if (!ParseWhole(Field(kObjectId), &number)) {
      problem_ = fmt::format("object_id: '{}' is no whole number", Field(kObjectId));
      return false;
    }
    if (number >= 0) row_.object_class = number;
  }
  row_.has_object = true;
  return true;
}

ReadState BoxRowReader::Decode() {
  const auto bad = [&](std::string problem) {
    status_ = Status(StatusCode::kBadData, fmt::format("{}: line {}: {}", reader_.source().path(),
                                                       reader_.line_number(), problem));
    return ReadState::kBadRecord;
  };
  row_.video = Field(kVideo);
  if (row_.video.empty()) return bad("video: the field is empty");
  if (!ParseNumber(Field(kFrame), &row_.time) || row_.time < 0) {
    return bad(fmt::format("frame: '{}' is no time in seconds", Field(kFrame)));
  }
  if (!DecodeBox(kX1, &row_.person_box)) return bad(problem_);
  row_.action.reset();
  int64_t number = 0;
  if (const std::string_view field = Field(kAction); !field.empty()) {
    if (!ParseWhole(field, &number)) {
      return bad(fmt::format("action: '{}' is no number of an action", field));
    }
    row_.action = number;
  }
  if (!ParseWhole(Field(kPerson), &row_.person)) {
    return bad(fmt::format("human_id: '{}' is no whole number", Field(kPerson)));
  }
  row_.states.reset();
  for (size_t part = 0; part < kBodyParts.size(); ++part) {
    if (!Has(kParts + part)) continue;
    if (!states_->Parse(part, Field(kParts + part), &row_.states, &problem_)) return bad(problem_);
  }
  if (Has(kObjectX1) && !DecodeObject()) return bad(problem_);
  if (!row_.action && (row_.states.any() || row_.has_object)) {
    return bad("action: the field is empty, but the row has states or an object");
  }
  return ReadState::kRecord;
}

}  // namespace gesta::ingest

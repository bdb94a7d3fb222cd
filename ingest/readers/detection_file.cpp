#include "gesta/detection_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <cmath>

#include "readers/csv_reader.h"

namespace gesta {
namespace {

enum Field { kVideo, kClass, kStart, kEnd, kScore };
constexpr const char* kColumns[] = {"video", "class", "start", "end", "score"};

template <typename Number>
bool Parse(std::string_view text, Number* number) {
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
  return error == std::errc() && at == text.data() + text.size();
}

}  // namespace

Result<std::vector<DetectionRow>> ReadDetectionFile(const std::string& path) {
  GESTA_ASSIGN_OR_RETURN(auto reader, readers::CsvReader::Open(path));
  size_t places[std::size(kColumns)];
  for (size_t i = 0; i < std::size(kColumns); ++i) {
    const auto place = reader.Column(kColumns[i]);
    if (!place) {
      return Status(StatusCode::kBadData, fmt::format("{}: has no column '{}'", path, kColumns[i]),
                    fmt::format("the columns are {}", fmt::join(kColumns, ",")));
    }
    places[i] = *place;
  }
  std::vector<DetectionRow> rows;
  while (true) {
    const readers::ReadState state = reader.Next();
    if (state == readers::ReadState::kEnd) return rows;
    if (state != readers::ReadState::kRecord) return reader.status();
    const auto field = [&](Field name) { return reader.fields()[places[name]]; };
    const auto bad = [&](Field name, const char* needs) {
      return Status(StatusCode::kBadData,
                    fmt::format("{}: line {}: {} is '{}', not {}", path, reader.line_number(),
                                kColumns[name], field(name), needs));
    };
    DetectionRow row;
    row.line = reader.line_number();
    row.video = field(kVideo);
    if (row.video.empty()) return bad(kVideo, "a video's id");
    if (!Parse(field(kClass), &row.label)) return bad(kClass, "a class index");
    const std::pair<Field, double*> numbers[] = {
        {kStart, &row.start}, {kEnd, &row.end}, {kScore, &row.score}};
    for (const auto& [name, number] : numbers) {
      if (!Parse(field(name), number) || !std::isfinite(*number)) return bad(name, "a number");
    }
    rows.push_back(std::move(row));
  }
}

}  // namespace gesta

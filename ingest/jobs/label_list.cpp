#include "jobs/label_list.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "readers/csv_reader.h"
#include "readers/json.h"
#include "readers/json_lines_reader.h"
#include "readers/line_reader.h"

namespace gesta::ingest {
namespace {

using format::Datum;
using readers::ReadState;

// Indices are places in a list: far larger ones are a mistake (hashes, ids of something else).
constexpr int64_t kMaxIndex = 10'000'000;

const std::vector<std::string>& TextNames() {
  static const std::vector<std::string> names = {"text", "label", "name", "class"};
  return names;
}
const std::vector<std::string>& IndexNames() {
  static const std::vector<std::string> names = {"index", "id", "class_id"};
  return names;
}

std::optional<int64_t> ParseIndex(std::string_view text) {
  int64_t number = 0;
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || at != text.data() + text.size()) return {};
  return number;
}

class ListBuilder {
 public:
  explicit ListBuilder(BadRows* bad_rows) : bad_rows_(bad_rows) {}

  // `place`: file and line, for messages.
  Status Add(const std::string& place, std::optional<int64_t> index, std::string_view text) {
    if (!index || *index < 0 || *index > kMaxIndex) {
      return bad_rows_->Add(place, index ? fmt::format("the index {} is out of range", *index)
                                         : std::string("the index is no number"));
    }
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    const auto at = static_cast<size_t>(*index);
    if (at >= list_.texts.size()) {
      list_.texts.resize(at + 1);
      list_.missing.resize(at + 1, true);
    }
    if (text.empty()) {
      return bad_rows_->Add(place, "a label without a text");
    }
    if (!list_.missing[at]) {
      return bad_rows_->Add(
          place, fmt::format("the index {} is that of '{}' already", at, list_.texts[at]));
    }
    list_.texts[at] = text;
    list_.missing[at] = false;
    return Status::Ok();
  }

  Result<LabelList> Finish(const std::string& path) {
    while (!list_.missing.empty() && list_.missing.back()) {
      list_.missing.pop_back();
      list_.texts.pop_back();
    }
    if (list_.texts.empty()) {
      return Status(StatusCode::kBadData, fmt::format("{}: no labels", path));
    }
    return std::move(list_);
  }

 private:
  LabelList list_;
  BadRows* bad_rows_;
};

std::string LinePlace(const std::string& path, uint64_t line) {
  return fmt::format("{}: line {}", path, line);
}

Status ReadLines(const std::string& path, ListBuilder* list, BadRows* bad_rows) {
  GESTA_ASSIGN_OR_RETURN(auto reader, readers::LineReader::Open(path));
  std::vector<uint64_t> blank;  // bad only if a label follows
  while (true) {
    const ReadState state = reader.Next();
    if (state == ReadState::kEnd) return Status::Ok();
    if (state == ReadState::kFailed) return reader.status();
    if (state == ReadState::kBadRecord) {
      GESTA_RETURN_IF_ERROR(bad_rows->Add(reader.status()));
      continue;
    }
    if (reader.line().empty()) {
      blank.push_back(reader.line_number());
      continue;
    }
    for (const uint64_t line : blank) {
      GESTA_RETURN_IF_ERROR(bad_rows->Add(LinePlace(path, line), "a label without a text"));
    }
    blank.clear();
    GESTA_RETURN_IF_ERROR(list->Add(LinePlace(path, reader.line_number()),
                                    static_cast<int64_t>(reader.line_number()) - 1, reader.line()));
  }
}

Status ReadCsv(const std::string& path, char delimiter, const std::vector<std::string>& text_names,
               const std::vector<std::string>& index_names, ListBuilder* list, BadRows* bad_rows) {
  readers::CsvOptions options;
  options.delimiter = delimiter;
  GESTA_ASSIGN_OR_RETURN(auto reader, readers::CsvReader::Open(path, options));
  const auto find = [&](const std::vector<std::string>& names) -> std::optional<size_t> {
    for (const std::string& name : names) {
      if (const auto column = reader.Column(name)) return column;
    }
    return {};
  };
  std::optional<size_t> text = find(text_names);
  const std::optional<size_t> index = find(index_names);
  if (!text && reader.header().size() == 1) text = 0;
  if (!text) {
    return Status(StatusCode::kInvalidArgument,
                  fmt::format("{} has no column {}; its columns are {}", path,
                              fmt::join(text_names, ", "), fmt::join(reader.header(), ", ")),
                  "name the column with the labels with the option text-column");
  }
  int64_t row = 0;
  while (true) {
    const ReadState state = reader.Next();
    if (state == ReadState::kEnd) return Status::Ok();
    if (state == ReadState::kFailed) return reader.status();
    const int64_t number = row++;
    if (state == ReadState::kBadRecord) {
      GESTA_RETURN_IF_ERROR(bad_rows->Add(reader.status()));
      continue;
    }
    GESTA_RETURN_IF_ERROR(
        list->Add(LinePlace(path, reader.line_number()),
                  index ? ParseIndex(reader.fields()[*index]) : std::optional<int64_t>(number),
                  reader.fields()[*text]));
  }
}

// One label as JSON: a text, or an object.
Status AddValue(const std::string& place, const Datum& value, int64_t number,
                const std::vector<std::string>& text_names,
                const std::vector<std::string>& index_names, ListBuilder* list, BadRows* bad_rows) {
  if (value.is_string()) return list->Add(place, number, value.text());
  const auto find = [&](const std::vector<std::string>& names) -> const Datum* {
    for (const std::string& name : names) {
      if (const Datum* found = value.Find(name)) return found;
    }
    return nullptr;
  };
  const Datum* text = find(text_names);
  if (text == nullptr || !text->is_string()) {
    return bad_rows->Add(place, fmt::format("{} is no text and has no text under {}",
                                            value.ToString(), fmt::join(text_names, ", ")));
  }
  const Datum* index = find(index_names);
  std::optional<int64_t> at = number;
  if (index != nullptr) {
    at = index->is_int() ? std::optional<int64_t>(index->integer()) : ParseIndex(index->text());
  }
  return list->Add(place, at, text->text());
}

Status ReadJsonList(const std::string& path, const std::vector<std::string>& text_names,
                    const std::vector<std::string>& index_names, ListBuilder* list,
                    BadRows* bad_rows) {
  GESTA_ASSIGN_OR_RETURN(const format::Document document, readers::ReadJson(path));
  const Datum& root = document.root();
  if (root.is_sequence()) {
    for (size_t i = 0; i < root.size(); ++i) {
      GESTA_RETURN_IF_ERROR(AddValue(fmt::format("{}: element {}", path, i), root[i],
                                     static_cast<int64_t>(i), text_names, index_names, list,
                                     bad_rows));
    }
    return Status::Ok();
  }
  if (!root.is_dict()) {
    return Status(StatusCode::kBadData, fmt::format("{}: is no list and no object", path));
  }
  for (const Datum::Entry& entry : root.entries()) {
    const std::string place = fmt::format("{}: '{}'", path, entry.key->text());
    if (entry.value->is_int()) {
      GESTA_RETURN_IF_ERROR(list->Add(place, entry.value->integer(), entry.key->text()));
    } else {
      GESTA_RETURN_IF_ERROR(
          entry.value->is_string()
              ? list->Add(place, ParseIndex(entry.key->text()), entry.value->text())
              : bad_rows->Add(place, "is neither text: index nor index: text"));
    }
  }
  return Status::Ok();
}

Status ReadJsonLines(const std::string& path, const std::vector<std::string>& text_names,
                     const std::vector<std::string>& index_names, ListBuilder* list,
                     BadRows* bad_rows) {
  GESTA_ASSIGN_OR_RETURN(auto reader, readers::JsonLinesReader::Open(path));
  int64_t row = 0;
  while (true) {
    const ReadState state = reader.Next();
    if (state == ReadState::kEnd) return Status::Ok();
    if (state == ReadState::kFailed) return reader.status();
    const int64_t number = row++;
    GESTA_RETURN_IF_ERROR(state == ReadState::kBadRecord
                              ? bad_rows->Add(reader.status())
                              : AddValue(LinePlace(path, reader.line_number()), reader.value(),
                                         number, text_names, index_names, list, bad_rows));
  }
}

}  // namespace

Result<LabelList> ReadLabelList(const std::string& path, const std::string& text_column,
                                const std::string& index_column, BadRows* bad_rows) {
  const auto text_names = text_column.empty() ? TextNames() : std::vector<std::string>{text_column};
  const auto index_names =
      index_column.empty() ? IndexNames() : std::vector<std::string>{index_column};
  std::string name = path;
  const auto strip = [&](std::string_view suffix) {
    if (name.size() <= suffix.size() || name.substr(name.size() - suffix.size()) != suffix) {
      return false;
    }
    name.resize(name.size() - suffix.size());
    return true;
  };
  strip(".gz");
  ListBuilder list(bad_rows);
  if (strip(".csv")) {
    GESTA_RETURN_IF_ERROR(ReadCsv(path, ',', text_names, index_names, &list, bad_rows));
  } else if (strip(".tsv")) {
    GESTA_RETURN_IF_ERROR(ReadCsv(path, '\t', text_names, index_names, &list, bad_rows));
  } else if (strip(".json")) {
    GESTA_RETURN_IF_ERROR(ReadJsonList(path, text_names, index_names, &list, bad_rows));
  } else if (strip(".jsonl") || strip(".ndjson")) {
    GESTA_RETURN_IF_ERROR(ReadJsonLines(path, text_names, index_names, &list, bad_rows));
  } else {
    GESTA_RETURN_IF_ERROR(ReadLines(path, &list, bad_rows));
  }
  return list.Finish(path);
}

}  // namespace gesta::ingest

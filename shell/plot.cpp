#include "plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "print/text_width.h"

namespace gesta::shell {
namespace {

constexpr std::string_view kRamp = " .:-=+*#%@";
constexpr std::string_view kUsage = ".plot VIDEO ACTION SPACE [{OPTIONS}]";
constexpr size_t kLeastMap = 20;    // columns
constexpr size_t kWidestFrame = 4;  // columns

// -- arguments --

Status Usage() {
  return Status(StatusCode::kInvalidArgument, "usage: " + std::string(kUsage),
                "quote what has blanks in it: .plot v1 'jump shot' siglip {smooth: 5}");
}

// Takes a word off the front; false when its quotes do not end.
bool TakeWord(std::string_view* text, std::string* word) {
  text->remove_prefix(std::min(text->find_first_not_of(" \t"), text->size()));
  if (text->empty()) return false;
  const char quote = text->front();
  if (quote != '\'' && quote != '"') {
    const size_t end = std::min(text->find_first_of(" \t"), text->size());
    *word = text->substr(0, end);
    text->remove_prefix(end);
    return true;
  }
  text->remove_prefix(1);
  while (!text->empty() && text->front() != quote) {
    if (text->front() == '\\' && text->size() > 1) text->remove_prefix(1);
    *word += text->front();
    text->remove_prefix(1);
  }
  if (text->empty()) return false;
  text->remove_prefix(1);
  return true;
}

// -- finding --

Result<std::vector<std::vector<Value>>> Ask(Connection& connection, const std::string& statement,
                                            const Parameters& parameters) {
  GESTA_ASSIGN_OR_RETURN(const auto result, connection.Execute(statement, parameters));
  return result->FetchAll();
}

std::vector<double> Numbers(const Value& list) {
  std::vector<double> numbers;
  for (const Value& item : list.AsList()) numbers.push_back(item.AsNumber());
  return numbers;
}

AlignmentRow ReadRow(const std::vector<Value>& values) {
  AlignmentRow row;
  row.title = values[0].AsString();
  row.score = values[1].AsFloat();
  for (const Value& text : values[2].AsList()) row.subactions.emplace_back(text.AsString());
  for (const Value& frame : values[3].AsList()) row.matrix.push_back(Numbers(frame));
  for (const Value& cell : values[4].AsList()) {
    row.path.emplace_back(static_cast<size_t>(cell.AsList()[0].AsInteger()),
                          static_cast<size_t>(cell.AsList()[1].AsInteger()));
  }
  if (!values[5].IsNull()) row.start = values[5].AsNumber();
  if (!values[6].IsNull()) row.step = values[6].AsNumber();
  return row;
}

// -- drawing --

class TextPlot {
 public:
  TextPlot(const AlignmentRow& row, size_t width, bool colour) : row_(row), colour_(colour) {
    size_t label = 0;
    for (size_t i = 0; i < row.subactions.size(); ++i) {
      label = std::max(label, DisplayWidth(Label(i)));
    }
    width = std::max(width, kLeastMap + 10);
    label_ = std::min(label, width * 2 / 5);
    const size_t room = width - label_ - 3;  // a blank and two bars
    columns_ = std::min(room, row.matrix.size() * kWidestFrame);
    low_ = high_ = row.matrix.front().front();
    for (const std::vector<double>& frame : row.matrix) {
      for (const double value : frame) {
        low_ = std::min(low_, value);
        high_ = std::max(high_, value);
      }
    }
  }

  std::string Draw() {
    std::string text = OneLine(row_.title) + fmt::format(", score {:.4g}\n", row_.score);
    const std::string edge =
        std::string(label_ + 1, ' ') + '+' + std::string(columns_, '-') + "+\n";
    text += edge;
    for (size_t step = 0; step < row_.subactions.size(); ++step) {
      const std::string label = CutToWidth(Label(step), label_);
      text +=
          label + std::string(label_ - DisplayWidth(label) + 1, ' ') + '|' + Cells(step) + "|\n";
    }
    return text + edge + Axis() + Legend();
  }

 private:
  std::string Label(size_t step) const {
    const std::string last = std::to_string(row_.subactions.size());
    const std::string number = std::to_string(step + 1);
    return std::string(last.size() - number.size(), ' ') + number + ' ' +
           OneLine(row_.subactions[step]);
  }

  // The frames of a column; at least one.
  std::pair<size_t, size_t> Frames(size_t column) const {
    const size_t frames = row_.matrix.size();
    const size_t begin = column * frames / columns_;
    return {begin, std::max(begin + 1, (column + 1) * frames / columns_)};
  }

  std::string Cells(size_t step) const {
    std::vector<bool> on_path(row_.matrix.size());
    for (const auto& [frame, subaction] : row_.path) {
      if (subaction == step) on_path[frame] = true;
    }
    std::string cells;
    bool is_red = false;
    for (size_t column = 0; column < columns_; ++column) {
      const auto [begin, end] = Frames(column);
      double sum = 0;
      bool is_path = false;
      for (size_t frame = begin; frame < end; ++frame) {
        sum += row_.matrix[frame][step];
        is_path |= on_path[frame];
      }
      if (colour_ && is_path != is_red) cells += is_path ? "\x1b[1;31m" : "\x1b[0m";
      is_red = is_path;
      cells += is_path ? 'O' : Shade(sum / static_cast<double>(end - begin));
    }
    if (colour_ && is_red) cells += "\x1b[0m";
    return cells;
  }

  char Shade(double value) const {
    if (!(high_ > low_)) return kRamp[kRamp.size() / 2];
    const double share = (value - low_) / (high_ - low_);
    const auto place = static_cast<size_t>(share * static_cast<double>(kRamp.size()));
    return kRamp[std::min(place, kRamp.size() - 1)];
  }

  // Times, or numbers of frames, below the columns where they begin.
  std::string Axis() const {
    constexpr size_t kApart = 12;  // columns
    std::string axis(label_ + 2, ' ');
    const size_t begin = axis.size();
    const size_t labels = std::max<size_t>(1, columns_ / kApart);
    for (size_t i = 0; i < labels; ++i) {
      const size_t column = i * columns_ / labels;
      const auto frame = static_cast<double>(Frames(column).first);
      axis.resize(begin + column, ' ');
      axis += row_.step > 0 ? fmt::format("{:.1f} s", row_.start + frame * row_.step)
                            : fmt::format("{:g}", frame);
    }
    return axis + (row_.step > 0 ? "\n" : "  (frames)\n");
  }

  std::string Legend() const {
    return std::string(label_ + 2, ' ') +
           fmt::format("{:.3g} \"{}\" {:.3g}, path O\n", low_, kRamp, high_);
  }

  const AlignmentRow& row_;
  const bool colour_;
  size_t label_ = 0;    // columns
  size_t columns_ = 0;  // of the map
  double low_ = 0, high_ = 0;
};

}  // namespace

Result<PlotArguments> ParsePlotArguments(const std::string& text) {
  PlotArguments arguments;
  std::string_view rest = text;
  for (std::string* const word : {&arguments.video, &arguments.action, &arguments.space}) {
    if (!TakeWord(&rest, word) || word->empty()) return Usage();
  }
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
  if (!rest.empty() && (rest.front() != '{' || rest.back() != '}')) return Usage();
  arguments.options = rest.empty() ? "{}" : std::string(rest);
  return arguments;
}

Result<AlignmentRow> FindAlignment(Connection& connection, const PlotArguments& arguments) {
  const Parameters parameters = {{"video", Value::String(arguments.video)},
                                 {"action", Value::String(arguments.action)},
                                 {"space", Value::String(arguments.space)}};
  const std::string call =
      " CALL alignment(v, a, $space, o) YIELD title, score, subactions, matrix, path, start, step "
      "RETURN title, score, subactions, matrix, path, start, step";
  // Options may name what the statement has: question is q where the action is asked about.
  const std::string own = arguments.options == "{}" ? "{question: q}" : arguments.options;
  const std::string statements[] = {
      "MATCH (v:Video {id: $video})<-[:ABOUT]-(q:Question)-[:OPTION]->(a {text: $action}) "
      "WHERE exists((a)-[:HAS_DECOMPOSITION]->()) WITH v, a, " +
          own + " AS o LIMIT 1",
      "MATCH (v:Video {id: $video}) MATCH (a:Action {text: $action}) "
      "WHERE exists((a)-[:HAS_DECOMPOSITION]->()) WITH v, a, null AS q "
      "WITH v, a, " +
          own + " AS o LIMIT 1",
      "MATCH (v:Video {id: $video}) MATCH (a:Decomposition {id: $action}) WITH v, a, null AS q "
      "WITH v, a, " +
          own + " AS o LIMIT 1"};
  for (const std::string& statement : statements) {
    GESTA_ASSIGN_OR_RETURN(const auto rows, Ask(connection, statement + call, parameters));
    if (!rows.empty()) return ReadRow(rows.front());
  }
  GESTA_ASSIGN_OR_RETURN(
      const auto videos,
      Ask(connection, "MATCH (v:Video {id: $video}) RETURN v LIMIT 1", parameters));
  if (videos.empty()) {
    return Status(StatusCode::kNotFound, "there is no video '" + arguments.video + "'",
                  "MATCH (v:Video) RETURN v.id lists them");
  }
  return Status(StatusCode::kNotFound, "no action '" + arguments.action + "' has a decomposition",
                "CALL decompose([action], {…}) makes one");
}

std::string PlotText(const AlignmentRow& row, size_t width, bool colour) {
  if (row.matrix.empty() || row.subactions.empty()) return "nothing to plot\n";
  return TextPlot(row, width, colour).Draw();
}

}  // namespace gesta::shell

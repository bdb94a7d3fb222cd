// A line-by-line reader of feature files.
#include "tck/gherkin.h"

#include <algorithm>
#include <array>
#include <utility>

namespace gesta::tck {
namespace {

std::string_view Trim(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

bool StartsWith(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

// "| a | b\|c |" -> {"a", "b|c"}
std::vector<std::string> ParseTableRow(std::string_view line) {
  std::vector<std::string> cells;
  std::string cell;
  for (size_t i = 1; i < line.size(); ++i) {
    if (line[i] == '\\' && i + 1 < line.size() &&
        (line[i + 1] == '|' || line[i + 1] == '\\' || line[i + 1] == 'n')) {
      ++i;
      cell += line[i] == 'n' ? '\n' : line[i];
    } else if (line[i] == '|') {
      cells.emplace_back(Trim(cell));
      cell.clear();
    } else {
      cell += line[i];
    }
  }
  return cells;
}

struct Examples {
  std::vector<std::string> tags;
  Table table;
};

struct Outline {
  Scenario scenario;
  bool is_outline = false;
  std::vector<Examples> examples;
};

std::string Fill(std::string text, const std::vector<std::string>& names,
                 const std::vector<std::string>& values) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    bool replaced = false;
    if (text[at] == '<') {
      for (size_t i = 0; i < names.size() && !replaced; ++i) {
        const std::string placeholder = "<" + names[i] + ">";
        if (text.compare(at, placeholder.size(), placeholder) != 0) continue;
        out += values[i];
        at += placeholder.size();
        replaced = true;
      }
    }
    if (!replaced) out += text[at++];
  }
  return out;
}

class FeatureParser {
 public:
  FeatureParser(std::string_view path, std::string_view text) : path_(path) {
    while (!text.empty()) {
      const size_t end = std::min(text.find('\n'), text.size());
      lines_.push_back(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }

  Result<std::vector<Scenario>> Parse() {
    for (at_ = 0; at_ < lines_.size(); ++at_) GESTA_RETURN_IF_ERROR(ParseLine());
    FinishOutline();
    return std::move(scenarios_);
  }

 private:
  Status Fail(std::string_view what) const {
    return Status(StatusCode::kBadData,
                  path_ + ", line " + std::to_string(at_ + 1) + ": " + std::string(what));
  }

  Status ParseLine() {
    const std::string_view line = Trim(lines_[at_]);
    if (line.empty() || line[0] == '#') return Status::Ok();
    if (line[0] == '@') return ParseTags(line);
    if (StartsWith(line, "Feature:")) {
      feature_tags_ = std::exchange(tags_, {});
      steps_ = nullptr;
      return Status::Ok();
    }
    if (StartsWith(line, "Background:")) {
      steps_ = &background_;
      return Status::Ok();
    }
    for (const std::string_view keyword : {"Scenario Outline:", "Scenario:", "Example:"}) {
      if (StartsWith(line, keyword)) {
        StartScenario(keyword, Trim(line.substr(keyword.size())));
        return Status::Ok();
      }
    }
    if (StartsWith(line, "Examples:") || StartsWith(line, "Scenarios:")) {
      if (!current_) return Fail("examples without an outline");
      current_->examples.push_back({std::exchange(tags_, {}), {}});
      in_examples_ = true;
      return Status::Ok();
    }
    if (line[0] == '|') return ParseTable(line);
    if (StartsWith(line, "\"\"\"")) return ParseDocString();
    for (const std::string_view keyword : {"Given ", "When ", "Then ", "And ", "But ", "* "}) {
      if (!StartsWith(line, keyword)) continue;
      if (steps_ == nullptr) return Fail("a step outside of a scenario");
      Step step;
      step.text = Trim(line.substr(keyword.size()));
      step.line = static_cast<int>(at_ + 1);
      steps_->push_back(std::move(step));
      return Status::Ok();
    }
    // Free text below a heading describes it.
    if (steps_ == nullptr || steps_->empty()) return Status::Ok();
    return Fail("neither a step nor a heading: " + std::string(line));
  }

  Status ParseTags(std::string_view line) {
    while (!line.empty() && line[0] == '@') {
      const size_t end = std::min(line.find_first_of(" \t"), line.size());
      tags_.emplace_back(line.substr(0, end));
      line = Trim(line.substr(end));
    }
    return Status::Ok();
  }

  void StartScenario(std::string_view keyword, std::string_view name) {
    FinishOutline();
    current_.emplace();
    current_->is_outline = keyword == "Scenario Outline:";
    current_->scenario.feature_path = path_;
    current_->scenario.name = name;
    current_->scenario.line = static_cast<int>(at_ + 1);
    current_->scenario.tags = feature_tags_;
    for (std::string& tag : tags_) current_->scenario.tags.push_back(std::move(tag));
    tags_.clear();
    current_->scenario.steps = background_;
    steps_ = &current_->scenario.steps;
    in_examples_ = false;
  }

  Status ParseTable(std::string_view line) {
    if (line.size() > 1 && line.back() != '|') return Fail("a table row ends with |");
    Table* table = nullptr;
    if (in_examples_) {
      table = &current_->examples.back().table;
    } else if (steps_ != nullptr && !steps_->empty()) {
      table = &steps_->back().table;
    } else {
      return Fail("a table without a step");
    }
    table->push_back(ParseTableRow(line));
    if (table->back().size() != table->front().size()) return Fail("rows of different lengths");
    return Status::Ok();
  }

  Status ParseDocString() {
    if (steps_ == nullptr || steps_->empty()) return Fail("a doc string without a step");
    const size_t indent = lines_[at_].find('"');
    std::string text;
    bool first = true;
    for (++at_; at_ < lines_.size(); ++at_) {
      std::string_view line = lines_[at_];
      if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
      if (Trim(line) == "\"\"\"") {
        steps_->back().doc_string = std::move(text);
        return Status::Ok();
      }
      if (!first) text += '\n';
      first = false;
      const size_t blanks = std::min(line.find_first_not_of(' '), line.size());
      text += line.substr(std::min(indent, blanks));
    }
    return Fail("a doc string without an end");
  }

  void FinishOutline() {
    if (!current_) return;
    if (!current_->is_outline && current_->examples.empty()) {
      scenarios_.push_back(std::move(current_->scenario));
    }
    int number = 0;
    for (const Examples& examples : current_->examples) {
      for (size_t row = 1; row < examples.table.size(); ++row) {
        Scenario scenario = current_->scenario;
        scenario.example = ++number;
        scenario.tags.insert(scenario.tags.end(), examples.tags.begin(), examples.tags.end());
        const auto fill = [&](std::string* text) {
          *text = Fill(std::move(*text), examples.table[0], examples.table[row]);
        };
        for (Step& step : scenario.steps) {
          fill(&step.text);
          if (step.doc_string) fill(&*step.doc_string);
          for (auto& cells : step.table) {
            for (std::string& cell : cells) fill(&cell);
          }
        }
        scenarios_.push_back(std::move(scenario));
      }
    }
    current_.reset();
    steps_ = nullptr;
  }

  const std::string path_;
  std::vector<std::string_view> lines_;
  size_t at_ = 0;
  std::vector<std::string> feature_tags_;
  std::vector<std::string> tags_;  // seen, and not yet used
  std::vector<Step> background_;
  std::optional<Outline> current_;
  std::vector<Step>* steps_ = nullptr;  // where the next step goes
  bool in_examples_ = false;
  std::vector<Scenario> scenarios_;
};

}  // namespace

std::string Scenario::FullName() const {
  return example == 0 ? name : name + " (example " + std::to_string(example) + ")";
}

Result<std::vector<Scenario>> ParseFeature(std::string_view path, std::string_view text) {
  return FeatureParser(path, text).Parse();
}

}  // namespace gesta::tck

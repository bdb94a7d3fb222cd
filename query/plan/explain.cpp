#include "plan/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "plan/print_op.h"
#include "plan/walk_plan.h"

namespace gesta {
namespace {

struct Line {
  std::string tree;  // indentation and operator
  std::string estimate;
  std::string rows;
  std::string time;
};

std::string Estimate(double rows) {
  if (rows < 0.5) return "< 1";
  if (rows < 1e6) return fmt::format("{:.0f}", rows);
  return fmt::format("{:.1e}", rows);
}

std::string Milliseconds(std::chrono::nanoseconds time) {
  return fmt::format("{:.2f}", std::chrono::duration<double, std::milli>(time).count());
}

// Characters, not bytes.
size_t Width(const std::string& text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::string Shortened(std::string text, size_t most) {
  if (Width(text) <= most) return text;
  while (Width(text) > most - 2) {
    while ((static_cast<unsigned char>(text.back()) & 0xC0) == 0x80) text.pop_back();
    text.pop_back();
  }
  return text + " …";
}

class TreePrinter {
 public:
  TreePrinter(const std::vector<std::string>& names, bool profile)
      : names_(names), profile_(profile) {}

  // `run`: the running operator, null when it was not run. The first child continues the line of
  // operators; others are branches of their own.
  void Add(LogicalOp& op, const Operator* run, const std::string& indent) {
    const plan::OpText text = plan::PrintOp(op, names_);
    constexpr size_t kWidest = 96;
    Line line;
    line.tree = indent + text.name;
    if (!text.detail.empty()) line.tree += "  " + Shortened(text.detail, kWidest);
    line.estimate = Estimate(op.estimated_rows);
    if (run) {
      line.rows = std::to_string(run->rows_out);
      std::chrono::nanoseconds own = run->time;
      for (const Operator* child : run->children) own -= child->time;
      line.time = Milliseconds(std::max(own, std::chrono::nanoseconds(0)));
    }
    lines_.push_back(std::move(line));
    plan::ForEachSubquery(op, [&](BoundSubquery& subquery) {
      if (!subquery.plan) return;
      static constexpr const char* kNames[] = {"EXISTS", "COUNT", "COLLECT"};
      lines_.push_back({indent + "├─ in " + kNames[static_cast<int>(subquery.kind)], "", "", ""});
      Add(*subquery.plan->root, nullptr, indent + "│  ");
    });
    for (size_t i = op.children.size(); i-- > 0;) {
      LogicalOp& child = *op.children[i];
      const Operator* child_run = run && i < run->children.size() ? run->children[i] : nullptr;
      if (i > 0) {
        lines_.push_back({indent + "├─", "", "", ""});
        Add(child, child_run, indent + "│  ");
      } else {
        Add(child, child_run, indent);
      }
    }
  }

  std::string Print() const {
    size_t width = 8;
    for (const Line& line : lines_) width = std::max(width, Width(line.tree));
    std::string out = Row({"Operator", "Estimated", "Rows", "ms"}, width);
    out += fmt::format("{:─<{}}\n", "", width + (profile_ ? 33 : 11));
    for (const Line& line : lines_) out += Row(line, width);
    return out;
  }

 private:
  std::string Row(const Line& line, size_t width) const {
    std::string row = line.tree + std::string(width - Width(line.tree), ' ');
    row += fmt::format("  {:>9}", line.estimate);
    if (profile_) row += fmt::format("  {:>9}  {:>9}", line.rows, line.time);
    row.erase(row.find_last_not_of(' ') + 1);
    return row + "\n";
  }

  const plan::SlotNames names_;
  const bool profile_;
  std::vector<Line> lines_;
};

}  // namespace

std::string ExplainPlan(const PlannedStatement& statement) {
  TreePrinter printer(statement.slot_names, false);
  printer.Add(*statement.plan.root, nullptr, "");
  return printer.Print();
}

std::string ExplainProfile(const PlannedStatement& statement, const Operator& root) {
  TreePrinter printer(statement.slot_names, true);
  printer.Add(*statement.plan.root, &root, "");
  return printer.Print();
}

}  // namespace gesta

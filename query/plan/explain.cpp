#include "plan/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "execute/batch_call.h"
#include "execute/context.h"
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

// The running forms of one operator: none when it was not run, several in a parallel part.
using Runs = std::vector<const Operator*>;

class TreePrinter {
 public:
  // `context`: of the run that is profiled; null for a plan that was not run.
  TreePrinter(const std::vector<std::string>& names, const ExecutionContext* context)
      : names_(names), context_(context) {}

  // The first child continues the line of operators; others are branches of their own.
  void Add(LogicalOp& op, const Runs& runs, const std::string& indent) {
    const plan::OpText text = plan::PrintOp(op, names_);
    constexpr size_t kWidest = 96;
    Line line;
    line.tree = indent + text.name;
    if (!text.detail.empty()) line.tree += "  " + Shortened(text.detail, kWidest);
    line.estimate = Estimate(op.estimated_rows);
    Count(runs, &line);
    lines_.push_back(std::move(line));
    plan::ForEachSubquery(op, [&](BoundSubquery& subquery) {
      if (!subquery.plan || !printed_.insert(subquery.plan.get()).second) return;
      static constexpr const char* kNames[] = {"EXISTS", "COUNT", "COLLECT"};
      lines_.push_back({indent + "├─ in " + kNames[static_cast<int>(subquery.kind)], "", "", ""});
      Add(*subquery.plan->root, RunsOf(*subquery.plan->root), indent + "│  ");
    });
    for (size_t i = op.children.size(); i-- > 0;) {
      Runs children;
      for (const Operator* run : runs) {
        if (i < run->children.size()) children.push_back(run->children[i]);
      }
      if (i > 0) {
        lines_.push_back({indent + "├─ " + plan::BranchName(op), "", "", ""});
        Add(*op.children[i], children, indent + "│  ");
      } else {
        Add(*op.children[i], children, indent);
      }
    }
  }

  std::string Print() const {
    size_t width = 28;
    for (const Line& line : lines_) width = std::max(width, Width(line.tree));
    std::string out = Row({"Operator (rows flow upwards)", "Estimated", "Rows", "ms"}, width);
    out += fmt::format("{:─<{}}\n", "", width + (context_ ? 33 : 11));
    for (const Line& line : lines_) out += Row(line, width);
    return out;
  }

 private:
  std::string Row(const Line& line, size_t width) const {
    std::string row = line.tree + std::string(width - Width(line.tree), ' ');
    row += fmt::format("  {:>9}", line.estimate);
    if (context_) row += fmt::format("  {:>9}  {:>9}", line.rows, line.time);
    row.erase(row.find_last_not_of(' ') + 1);
    return row + "\n";
  }

  Runs RunsOf(const LogicalOp& plan) const {
    Runs runs;
    if (!context_) return runs;
    const auto [begin, end] = context_->subplans().equal_range(&plan);
    for (auto at = begin; at != end; ++at) runs.push_back(at->second);
    return runs;
  }

  static void Count(const Runs& runs, Line* line) {
    if (runs.empty()) return;
    uint64_t rows = 0;
    std::chrono::nanoseconds own{0};
    for (const Operator* run : runs) {
      rows += run->rows_out;
      own += run->time;
      for (const Operator* child : run->children) own -= child->time;
    }
    line->rows = std::to_string(rows);
    line->time = Milliseconds(std::max(own, std::chrono::nanoseconds(0)));
  }

  const plan::SlotNames names_;
  const ExecutionContext* context_;
  std::set<const LogicalPlan*> printed_;  // copies of an expression share their plan
  std::vector<Line> lines_;
};

}  // namespace

std::string ExplainPlan(const PlannedStatement& statement) {
  TreePrinter printer(statement.slot_names, nullptr);
  printer.Add(*statement.plan.root, {}, "");
  return printer.Print();
}

std::string ExplainProfile(const PlannedStatement& statement, const Operator& root,
                           const ExecutionContext& context, size_t peak_memory) {
  TreePrinter printer(statement.slot_names, &context);
  printer.Add(*statement.plan.root, {&root}, "");
  std::string text = printer.Print();
  for (const BatchResults::Use& use : context.batch_results().Uses()) {
    text += fmt::format("{}(): {} rows, {} calls in {} batches, {} answered from cache, {:.1f} ms",
                        use.name, use.rows, use.calls, use.batches, use.rows - use.calls,
                        std::chrono::duration<double, std::milli>(use.time).count());
    if (!use.devices.empty()) text += fmt::format(" on {}", fmt::join(use.devices, ", "));
    text += "\n";
  }
  return text + fmt::format("Most memory held: {:.1f} MiB\n",
                            static_cast<double>(peak_memory) / (1 << 20));
}

}  // namespace gesta

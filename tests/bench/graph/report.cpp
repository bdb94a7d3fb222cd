#include "graph/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace gesta::bench {
namespace {

double MedianOf(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const size_t n = values.size();
  return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

// Three digits and a unit.
std::string Quantity(double v, bool bytes) {
  struct Unit {
    double size;
    const char* name;
  };
  static constexpr Unit kTimes[] = {{1, "s"}, {1e-3, "ms"}, {1e-6, "us"}};
  static constexpr Unit kSizes[] = {{1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}};
  const Unit* unit = std::find_if(bytes ? kSizes : kTimes, (bytes ? kSizes : kTimes) + 2,
                                  [&](const Unit& u) { return v >= u.size; });
  const double scaled = v / unit->size;
  return fmt::format("{:.{}f} {:<3}", scaled, scaled < 10 ? 2 : scaled < 100 ? 1 : 0, unit->name);
}

// How many times as fast (small) as the peer we are.
double Ratio(const ReportRow& row) {
  const double ours = row.sides[0].Median();
  return ours > 0 ? row.sides[1].Median() / ours : 0;
}

}  // namespace

double Series::Median() const { return MedianOf(values); }

std::string Count(uint64_t n) {
  std::string digits = std::to_string(n);
  for (auto at = static_cast<ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<size_t>(at), ",");
  }
  return digits;
}

std::string ReportHeader(const Report& report) {
  std::string text = fmt::format("{}\nmedians of {} after {} warm-ups\n\n{:<68}", report.graph,
                                 report.runs, report.warmups, "");
  for (const std::string& name : report.contenders) text += fmt::format(" {:>13}", name);
  if (report.contenders.size() > 1) text += fmt::format(" {:>9} {:>13}", "ratio", "peer, inside");
  return text;
}

std::string ReportLine(const Report& report, const ReportRow& row) {
  std::string text = fmt::format("{:<12} {:<55}", row.name, row.title);
  for (const Series& side : row.sides)
    text += fmt::format(" {:>13}", Quantity(side.Median(), row.bytes));
  if (report.contenders.size() > 1) {
    text += fmt::format(" {:>9}", fmt::format("{:.2f}x", Ratio(row)));
    const double inside = MedianOf(row.sides[1].inside_values);
    if (inside > 0) text += fmt::format(" {:>13}", Quantity(inside, false));
  }
  return text;
}

std::optional<double> MeanRatio(const Report& report, const std::string& prefix) {
  double logarithms = 0;
  size_t n = 0;
  for (const ReportRow& row : report.rows) {
    if (row.sides.size() < 2 || row.name.compare(0, prefix.size(), prefix) != 0) continue;
    if (row.name.size() == prefix.size() || std::isdigit(row.name[prefix.size()]) == 0) continue;
    logarithms += std::log(Ratio(row));
    ++n;
  }
  if (n == 0) return std::nullopt;
  return std::exp(logarithms / static_cast<double>(n));
}

nlohmann::json ReportJson(const Report& report) {
  nlohmann::json rows = nlohmann::json::array();
  for (const ReportRow& row : report.rows) {
    nlohmann::json entry{
        {"name", row.name}, {"title", row.title}, {"unit", row.bytes ? "bytes" : "seconds"}};
    for (size_t i = 0; i < row.sides.size(); ++i) {
      entry["sides"][report.contenders[i]] = {{"median", row.sides[i].Median()},
                                              {"values", row.sides[i].values},
                                              {"inside", MedianOf(row.sides[i].inside_values)}};
    }
    if (row.sides.size() > 1) entry["ratio"] = Ratio(row);
    rows.push_back(std::move(entry));
  }
  return {{"graph", report.graph},
          {"contenders", report.contenders},
          {"warmups", report.warmups},
          {"runs", report.runs},
          {"rows", std::move(rows)}};
}

}  // namespace gesta::bench

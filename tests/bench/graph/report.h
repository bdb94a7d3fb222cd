// The table of what was measured, and the same as JSON.
#ifndef GESTA_BENCH_GRAPH_REPORT_H_
#define GESTA_BENCH_GRAPH_REPORT_H_

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace gesta::bench {

// What one side needed, one number a measurement, warm-ups left out.
struct Series {
  std::vector<double> values;         // seconds (bytes)
  std::vector<double> inside_values;  // seconds that the database itself reports
  double Median() const;
};

struct ReportRow {
  std::string name;
  std::string title;
  bool bytes = false;         // instead of seconds
  std::vector<Series> sides;  // as Report::contenders
};

struct Report {
  std::string graph;                    // "107,434 nodes, …"
  std::vector<std::string> contenders;  // the first is ours
  size_t warmups = 0;
  size_t runs = 0;
  std::vector<ReportRow> rows;
};

std::string ReportHeader(const Report& report);
std::string ReportLine(const Report& report, const ReportRow& row);
// The geometric mean of the ratios of the rows whose names begin with `prefix` and a digit.
std::optional<double> MeanRatio(const Report& report, const std::string& prefix);
nlohmann::json ReportJson(const Report& report);

std::string Count(uint64_t n);  // 107,434

}  // namespace gesta::bench

#endif  // GESTA_BENCH_GRAPH_REPORT_H_

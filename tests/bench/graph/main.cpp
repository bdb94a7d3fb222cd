// gesta_bench_graph: a social graph is generated, loaded and queried, alone or beside a peer that
// does the same in turn. Results are compared; times are printed as a table.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

#include "graph/contender.h"
#include "graph/report.h"

namespace {

using gesta::Result;
using gesta::Status;
using gesta::StatusCode;
using nlohmann::json;
using namespace gesta::bench;  // NOLINT: this is that program

struct Options {
  std::string folder = "build/bench";
  uint64_t persons = 100'000;
  uint64_t seed = 1;
  size_t runs = 7;
  size_t warmups = 2;
  std::string peer;
  std::string peer_python = "build/bench-peer/bin/python";
  std::string peer_script;
  std::string json_file;
  std::vector<std::string> only;
  bool shared = false;
};

bool Wanted(const Options& options, const std::string& name) {
  if (options.only.empty()) return true;
  return std::any_of(options.only.begin(), options.only.end(), [&](const std::string& wanted) {
    if (wanted == name) return true;
    // q: all of q1 … q9
    return name.size() > wanted.size() && name.compare(0, wanted.size(), wanted) == 0 &&
           (std::isdigit(name[wanted.size()]) != 0 || name[wanted.size()] == '_');
  });
}

bool SameValue(const json& a, const json& b) {
  if (a.is_number() && b.is_number()) {
    const double x = a.get<double>();
    const double y = b.get<double>();
    return std::abs(x - y) <= 1e-9 * std::max({1.0, std::abs(x), std::abs(y)});
  }
  if (!a.is_array() || !b.is_array()) return a == b;
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), SameValue);
}

bool SameRows(json a, json b, bool ordered) {
  if (!ordered) {
    std::sort(a.begin(), a.end());
    std::sort(b.begin(), b.end());
  }
  return SameValue(a, b);
}

// A loaded store may go on ordering its files for a while, which is no part of the writes that are
// measured: waits until nothing has changed in its folder for a second, at most for a minute.
void WaitUntilSettled(const std::filesystem::path& store) {
  const auto state = [&store] {
    std::map<std::string, uintmax_t> files;
    std::error_code ignored;  // files come and go
    if (!std::filesystem::is_directory(store)) return files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(store, ignored)) {
      files.emplace(entry.path(), entry.is_regular_file(ignored) ? entry.file_size(ignored) : 0);
    }
    return files;
  };
  auto before = state();
  for (int seconds = 0; seconds < 60; ++seconds) {
    std::this_thread::sleep_for(std::chrono::seconds(1));
    auto now = state();
    if (now == before) return;
    before = std::move(now);
  }
}

class Benchmark {
 public:
  explicit Benchmark(Options options)
      : options_(std::move(options)),
        size_(options_.persons),
        folder_(options_.folder + "/" + std::to_string(size_.persons)) {}

  Status Run() {
    report_.graph =
        fmt::format("{} nodes, {} FOLLOWS (a tenth to {} hubs), {} other relationships; seed {}",
                    Count(size_.nodes()), Count(size_.follows), size_.hubs,
                    Count(size_.relationships() - size_.follows), options_.seed);
    GESTA_RETURN_IF_ERROR(WriteGraph(size_, options_.seed, csv()));
    contenders_.push_back(MakeGesta());
    if (!options_.peer.empty()) {
      GESTA_ASSIGN_OR_RETURN(auto peer, StartKuzu(options_.peer_python, options_.peer_script));
      contenders_.push_back(std::move(peer));
    }
    for (const auto& contender : contenders_) report_.contenders.push_back(contender->name());
    report_.runs = options_.runs;
    report_.warmups = options_.warmups;
    fmt::print("{}\n", ReportHeader(report_));
    GESTA_RETURN_IF_ERROR(Load());
    GESTA_RETURN_IF_ERROR(Read());
    GESTA_RETURN_IF_ERROR(Write());
    if (const auto mean = MeanRatio(report_, "q")) {
      fmt::print("{:<12} {:<83} {:>9}\n", "q", "geometric mean of the queries",
                 fmt::format("{:.2f}x", *mean));
    }
    if (options_.json_file.empty()) return {};
    std::ofstream out(options_.json_file);
    out << ReportJson(report_).dump(2) << '\n';
    out.close();
    return out ? Status() : Status(StatusCode::kIo, "cannot write " + options_.json_file);
  }

 private:
  std::string csv() const { return folder_ + "/csv"; }
  size_t rounds() const { return options_.warmups + options_.runs; }

  void Add(ReportRow row) {
    fmt::print("{}\n", ReportLine(report_, row));
    std::fflush(stdout);
    report_.rows.push_back(std::move(row));
  }

  ReportRow MakeRow(std::string name, std::string title) const {
    ReportRow row;
    row.name = std::move(name);
    row.title = std::move(title);
    row.sides.resize(contenders_.size());
    return row;
  }

  // Stores that are there are used, unless loading is to be measured.
  Status Load() {
    const bool measured = Wanted(options_, "load") && !options_.shared;
    ReportRow row = MakeRow("load", "load, from CSV files to a closed store");
    ReportRow disk = MakeRow("size", "size on disk");
    disk.bytes = true;
    for (size_t round = 0; round < (measured ? rounds() : 1); ++round) {
      for (size_t side = 0; side < contenders_.size(); ++side) {
        Contender& contender = *contenders_[side];
        if (!measured && std::filesystem::exists(contender.StorePath(folder_))) continue;
        GESTA_ASSIGN_OR_RETURN(const double seconds, contender.Load(csv(), folder_));
        if (round >= options_.warmups) row.sides[side].values.push_back(seconds);
      }
    }
    for (size_t side = 0; side < contenders_.size(); ++side) {
      disk.sides[side].values = {BytesBelow(contenders_[side]->StorePath(folder_))};
    }
    if (measured) {
      Add(std::move(row));
      Add(std::move(disk));
    }
    return {};
  }

  static double BytesBelow(const std::string& path) {
    if (!std::filesystem::is_directory(path)) return std::filesystem::file_size(path);
    double bytes = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
      if (entry.is_regular_file()) bytes += static_cast<double>(entry.file_size());
    }
    return bytes;
  }

  Status Read() {
    std::vector<Case> cases;
    for (Case& what : ReadCases(size_)) {
      if (Wanted(options_, what.name)) cases.push_back(std::move(what));
    }
    if (cases.empty()) return {};
    for (const auto& contender : contenders_) {
      GESTA_RETURN_IF_ERROR(contender->Open(folder_, options_.shared));
    }
    for (const Case& what : cases) GESTA_RETURN_IF_ERROR(Measure(what));
    for (const auto& contender : contenders_) GESTA_RETURN_IF_ERROR(contender->Close());
    return {};
  }

  // On copies, so that the loaded stores stay as they are.
  Status Write() {
    std::vector<Case> cases;
    for (Case& what : WriteCases(size_)) {
      if (Wanted(options_, what.name) && !options_.shared) cases.push_back(std::move(what));
    }
    if (cases.empty()) return {};
    const std::string copies = folder_ + "/written";
    std::filesystem::remove_all(copies);
    std::filesystem::create_directories(copies);
    for (const auto& contender : contenders_) {
      std::filesystem::copy(contender->StorePath(folder_), contender->StorePath(copies),
                            std::filesystem::copy_options::recursive);
      GESTA_RETURN_IF_ERROR(contender->Open(copies, /*shared=*/false));
      GESTA_RETURN_IF_ERROR(contender->PrepareToWrite());
      WaitUntilSettled(contender->StorePath(copies));
    }
    for (const Case& what : cases) GESTA_RETURN_IF_ERROR(Measure(what));
    for (const auto& contender : contenders_) GESTA_RETURN_IF_ERROR(contender->Close());
    std::filesystem::remove_all(copies);
    return {};
  }

  // The sides take turns, so that what else the machine does strikes them alike.
  Status Measure(const Case& what) {
    ReportRow row = MakeRow(what.name, what.title);
    for (size_t round = 0; round < rounds(); ++round) {
      std::vector<json> parameters;
      for (size_t i = 0; i < what.executions; ++i) {
        parameters.push_back(what.parameters(round * what.executions + i));
      }
      std::vector<json> first_results;
      json first_check;
      for (size_t side = 0; side < contenders_.size(); ++side) {
        auto measured = contenders_[side]->Run(what, parameters);
        if (!measured.ok()) {
          return Status(measured.status().code(), what.name + ", " + contenders_[side]->name() +
                                                      ": " + measured.status().ToString());
        }
        if (round >= options_.warmups) {
          const double divisor = what.per_statement ? static_cast<double>(what.executions) : 1;
          row.sides[side].values.push_back(measured->seconds / divisor);
          row.sides[side].inside_values.push_back(measured->inside_seconds / divisor);
        }
        json check;
        if (!what.check.empty()) {
          GESTA_ASSIGN_OR_RETURN(check, contenders_[side]->Ask(what.check));
        }
        if (side == 0) {
          first_results = std::move(measured->results);
          first_check = std::move(check);
          continue;
        }
        for (size_t i = 0; i < parameters.size(); ++i) {
          if (SameRows(first_results[i], measured->results[i], what.ordered)) continue;
          return Differ(what, parameters[i], first_results[i], measured->results[i]);
        }
        if (!SameRows(first_check, check, true)) {
          return Differ(what, what.check, first_check, check);
        }
      }
    }
    Add(std::move(row));
    return {};
  }

  static Status Differ(const Case& what, const json& asked, const json& ours, const json& peers) {
    return Status(StatusCode::kInternal,
                  fmt::format("{}: the results differ for {}\n  ours:   {:.400}\n  peer's: {:.400}",
                              what.name, asked.dump(), ours.dump(), peers.dump()));
  }

  const Options options_;
  const GraphSize size_;
  const std::string folder_;
  std::vector<std::unique_ptr<Contender>> contenders_;
  Report report_;
};

}  // namespace

int main(int argc, char** argv) {
  Options options;
  options.peer_script = (std::filesystem::path(__FILE__).parent_path() / "kuzu_peer.py").string();
  CLI::App app("Generates, loads and queries a social graph and prints how long it took.");
  app.add_option("--peer", options.peer, "run the same on a peer")->check(CLI::IsMember({"kuzu"}));
  app.add_option("--json", options.json_file, "write all figures to this file");
  app.add_option("--only", options.only,
                 "run these rows only, by name: load, q (q1 … q9), lookup, insert_node, …")
      ->delimiter(',');
  app.add_option("--runs", options.runs, "measurements (7)");
  app.add_option("--warmups", options.warmups, "measurements before them that do not count (2)");
  app.add_option("--persons", options.persons, "persons in the graph (100,000)");
  app.add_option("--seed", options.seed, "seed of the graph (1)");
  app.add_option("--folder", options.folder, "where data and stores are kept (build/bench)");
  app.add_flag("--shared", options.shared,
               "use stores that are there, and open them for reading only, as others may do");
  app.add_option("--peer-python", options.peer_python, "a Python that has the peer's module");
  app.add_option("--peer-script", options.peer_script, "kuzu_peer.py");
  CLI11_PARSE(app, argc, argv);
  const gesta::Status status = Benchmark(std::move(options)).Run();
  if (status.ok()) return 0;
  fmt::print(stderr, "{}\n", status.ToString());
  return 1;
}

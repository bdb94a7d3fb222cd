// gesta_bench_vector: embedding spaces beside hnswlib alone and beside Kuzu's vector index.
//
// All work on the same vectors with the same m and ef_construction. Searches are measured at the
// least ef of a list that finds 95 % of the right answers; ours go through the query language, one
// statement a query, one thread. Every timing is of one pass; run it on a machine with nothing else
// to do.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>

#include "gesta/database.h"
#include "vector/data.h"
#include "vector/raw_hnsw.h"

namespace gesta::bench {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr size_t kK = 10;
constexpr size_t kChanges = 1000;
constexpr size_t kPerCommit = 10'000;
constexpr double kWantedRecall = 0.95;
constexpr size_t kEfs[] = {10, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512};

struct Options {
  std::vector<std::string> sizes = {"50000x128", "200000x384"};
  size_t queries = 500;
  size_t m = 16;
  size_t ef_construction = 200;
  std::string element = "float32";
  std::string folder = "build/bench-data/vector";
  std::string peer;  // "kuzu" or nothing
  std::string python = "build/bench-peer/bin/python";
};

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

template <typename T>
T Must(Result<T> result) {
  if (!result.ok()) throw std::runtime_error(result.status().ToString());
  return std::move(result).value();
}
void Must(const Status& status) {
  if (!status.ok()) throw std::runtime_error(status.ToString());
}

struct Search {
  double rate = 0;  // a second
  double recall = 0;
  size_t ef = 0;
};

std::string Text(const std::optional<Search>& search) {
  if (!search) return "-";
  char text[80];
  std::snprintf(text, sizeof text, "%9.0f/s  %.3f ef %-4zu", search->rate, search->recall,
                search->ef);
  return text;
}

std::string Text(std::optional<double> seconds) {
  if (!seconds) return "-";
  char text[40];
  std::snprintf(text, sizeof text, "%9.2f s", *seconds);
  return text;
}

void Print(const std::string& what, const std::string& ours, const std::string& raw,
           const std::string& kuzu, const std::string& ratio) {
  std::printf("%-32s %-26s %-26s %-26s %s\n", what.c_str(), ours.c_str(), raw.c_str(), kuzu.c_str(),
              ratio.c_str());
  std::fflush(stdout);
}

std::string Ratio(double ours, std::optional<double> raw, std::optional<double> kuzu) {
  char text[80] = "";
  int n = 0;
  if (raw) n = std::snprintf(text, sizeof text, "%.2f of raw", ours / *raw);
  if (kuzu) {
    std::snprintf(text + n, sizeof text - static_cast<size_t>(n), "%s%.1f of Kuzu",
                  n > 0 ? ", " : "", ours / *kuzu);
  }
  return text;
}

// The first ef that finds enough; `run` gives what was found for a query with that ef.
template <typename Run>
Search Measure(const Answers& right, const Run& run) {
  Search search;
  for (const size_t ef : kEfs) {
    Answers found(right.size());
    for (size_t q = 0; q < std::min<size_t>(20, right.size()); ++q) run(q, ef);  // warms up
    const auto start = Clock::now();
    for (size_t q = 0; q < right.size(); ++q) found[q] = run(q, ef);
    search = {static_cast<double>(right.size()) / SecondsSince(start), Recall(found, right), ef};
    if (search.recall >= kWantedRecall) break;
  }
  return search;
}

Value VectorValue(const float* vector, size_t n) {
  List elements;
  elements.reserve(n);
  for (size_t i = 0; i < n; ++i) elements.push_back(Value::Float(vector[i]));
  return Value::MakeList(std::move(elements));
}

// GestaDB through its public API.
class Ours {
 public:
  Ours(const Options& options, const VectorData& data)
      : data_(data), path_(options.folder + "/gesta") {
    std::filesystem::remove_all(path_);
    Open();
    Run("CREATE EMBEDDING SPACE s FOR (:V) WITH {dimension: " + std::to_string(data.dimension) +
        ", type: '" + options.element + "', m: " + std::to_string(options.m) +
        ", ef_construction: " + std::to_string(options.ef_construction) + "}");
  }

  // Nodes with their labels, and their vectors.
  void Store() {
    Store_(0, data_.count, [&](size_t i) { return data_.vector(i); });
  }
  void Build() { Must(database_->store().BuildVectorIndex("s", nullptr)); }
  void Reopen() {
    connection_.reset();
    database_.reset();
    Open();
  }

  std::vector<uint32_t> Find(PreparedStatement& statement, const Value& query, size_t ef,
                             const Value& filter) {
    const std::unordered_map<std::string, Value> parameters = {
        {"q", query}, {"ef", Value::Integer(static_cast<int64_t>(ef))}, {"filter", filter}};
    const auto rows = Must(Must(statement.Execute(parameters))->FetchAll());
    std::vector<uint32_t> ids;
    for (const auto& row : rows) ids.push_back(static_cast<uint32_t>(row[0].AsInteger() - first_));
    return ids;
  }
  std::unique_ptr<PreparedStatement> PrepareSearch() {
    return Must(connection_->Prepare("CALL vector.search('s', $q, " + std::to_string(kK) +
                                     ", $filter, {ef: $ef}) YIELD node, score "
                                     "RETURN id(node), score"));
  }
  Value FilterValue(const Filter& filter, size_t query) {
    if (!filter.label.empty()) return Value::String(filter.label);
    if (!filter.by_group) return Value();
    List nodes;
    for (size_t i = 0; i < data_.count; ++i) {
      if (Qualifies(data_, filter, query, i)) {
        nodes.push_back(Value::Integer(first_ + static_cast<int64_t>(i)));
      }
    }
    return Value::MakeList(std::move(nodes));
  }

  double Insert() {
    const auto start = Clock::now();
    Store_(data_.count, kChanges, [&](size_t i) { return data_.query(i % data_.query_count); });
    return SecondsSince(start);
  }
  double Delete() {
    const auto start = Clock::now();
    Run("MATCH (n:V) WHERE id(n) >= " + std::to_string(first_ + data_.count) + " DELETE n");
    return SecondsSince(start);
  }
  uint64_t FileBytes() { return Must(database_->store().Info()).spaces.front().index_file_bytes; }
  uint64_t MemoryBytes() { return Must(database_->store().Info()).spaces.front().memory_bytes; }

 private:
  void Open() {
    database_ = Must(Database::Open(path_, {}));
    connection_ = database_->Connect();
  }
  void Run(const std::string& text) { Must(Must(connection_->Execute(text))->FetchAll()); }

  template <typename VectorOf>
  void Store_(size_t first, size_t n, const VectorOf& vector_of) {
    const std::vector<Filter> filters = Filters();
    for (size_t begin = 0; begin < n; begin += kPerCommit) {
      TransactionOptions options;
      options.take_slot = true;
      const auto t = Must(database_->store().Begin(options));
      const uint32_t space = t->FindSpace("s")->id;
      const NameId label = Must(t->GetOrCreateName(NameKind::kLabel, "V"));
      for (size_t i = begin; i < std::min(n, begin + kPerCommit); ++i) {
        std::vector<NameId> labels = {label};
        for (const Filter& filter : filters) {
          if (filter.label.empty() || !Qualifies(data_, filter, 0, first + i)) continue;
          labels.push_back(Must(t->GetOrCreateName(NameKind::kLabel, filter.label)));
        }
        const NodeId node = Must(t->CreateNode(labels, {}));
        if (first + i == 0) first_ = static_cast<int64_t>(node);
        Must(t->SetVector(space, node, vector_of(i), data_.dimension));
      }
      Must(t->Commit());
    }
  }

  const VectorData& data_;
  const std::string path_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<Connection> connection_;
  int64_t first_ = 0;  // the first vector's node
};

template <typename T>
void WriteFile(const std::string& path, const std::vector<T>& values) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(values.data()),
             static_cast<std::streamsize>(values.size() * sizeof(T)));
}

// What kuzu_vectors.py prints.
json RunKuzu(const Options& options, const VectorData& data, const std::vector<Answers>& truth) {
  if (options.peer.empty()) return {};
  const std::string& folder = options.folder;
  std::vector<uint8_t> flags;
  const std::vector<Filter> filters = Filters();
  for (size_t i = 0; i < data.count; ++i) {
    uint8_t flag = static_cast<uint8_t>(data.clusters[i] % kGroups << 4);
    for (size_t f = 1; f <= 3; ++f) flag |= Qualifies(data, filters[f], 0, i) ? 1 << (f - 1) : 0;
    flags.push_back(flag);
  }
  json parameters = {{"dimension", data.dimension},
                     {"k", kK},
                     {"m", options.m},
                     {"ef_construction", options.ef_construction},
                     {"recall", kWantedRecall},
                     {"changes", kChanges},
                     {"groups", kGroups}};
  for (const Filter& filter : filters) {
    parameters["filters"].push_back({{"label", filter.label}, {"by_group", filter.by_group}});
  }
  for (const uint32_t cluster : data.query_clusters) {
    parameters["query_groups"].push_back(cluster % kGroups);
  }
  WriteFile(folder + "/vectors.f32", data.vectors);
  WriteFile(folder + "/queries.f32", data.queries);
  WriteFile(folder + "/flags.u8", flags);
  std::ofstream(folder + "/params.json") << parameters;
  std::ofstream(folder + "/truth.json") << json(truth);
  const std::string out = folder + "/kuzu.json";
  const std::string command = "'" + options.python + "' tests/bench/vector/kuzu_vectors.py '" +
                              folder + "' > '" + out + "'";
  if (std::system(command.c_str()) != 0) return {};
  std::ifstream file(out);
  return json::parse(file, nullptr, /*allow_exceptions=*/false);
}

std::optional<double> Number(const json& object, const char* name) {
  if (!object.is_object() || !object.contains(name)) return std::nullopt;
  return object[name].get<double>();
}

std::optional<Search> KuzuSearch(const json& kuzu, size_t filter) {
  if (!kuzu.is_object() || !kuzu.contains("searches")) return std::nullopt;
  const json& search = kuzu["searches"][filter];
  if (!search.contains("rate")) return std::nullopt;
  return Search{search["rate"], search["recall"], search["ef"]};
}

void RunSize(const Options& options, size_t count, size_t dimension) {
  const VectorData data = MakeVectorData(count, dimension, options.queries);
  const std::vector<Filter> filters = Filters();
  std::vector<Answers> truth;
  for (const Filter& filter : filters) truth.push_back(ExactAnswers(data, filter, kK));

  std::printf("\n%zu x %zu, %s, m %zu, ef_construction %zu, k %zu, %zu queries\n", count, dimension,
              options.element.c_str(), options.m, options.ef_construction, kK, options.queries);
  Print("", "GestaDB", "hnswlib", "Kuzu", "ratio");

  Ours ours(options, data);
  auto start = Clock::now();
  ours.Store();
  const double stored = SecondsSince(start);
  start = Clock::now();
  ours.Build();
  const double built = SecondsSince(start);
  std::fprintf(stderr, "GestaDB: built the index in %.1f s\n", built);
  RawHnsw raw(dimension, count + kChanges, options.m, options.ef_construction);
  start = Clock::now();
  raw.Add(data.vectors.data(), count, 0);
  raw.Save(options.folder + "/raw.hnsw");
  const double raw_built = SecondsSince(start);
  std::fprintf(stderr, "hnswlib: built the index in %.1f s\n", raw_built);
  const json kuzu = RunKuzu(options, data, truth);
  if (kuzu.is_object() && kuzu.contains("error")) {
    std::printf("(Kuzu: %s)\n", kuzu["error"].get<std::string>().c_str());
  }

  Print("store the vectors", Text(stored), "-", Text(Number(kuzu, "store")),
        Ratio(stored, {}, Number(kuzu, "store")));
  Print("build and save the index", Text(built), Text(raw_built), Text(Number(kuzu, "build")),
        Ratio(built, raw_built, Number(kuzu, "build")));
  {
    ours.Reopen();
    const auto statement = ours.PrepareSearch();
    const Value query = VectorValue(data.query(0), dimension);
    start = Clock::now();
    ours.Find(*statement, query, 10, Value());
    Print("first search after opening", Text(SecondsSince(start)), "-", "-", "");
  }
  const auto statement = ours.PrepareSearch();
  std::vector<Value> queries;
  for (size_t q = 0; q < data.query_count; ++q) {
    queries.push_back(VectorValue(data.query(q), dimension));
  }
  for (size_t f = 0; f < filters.size(); ++f) {
    std::vector<Value> groups;  // by the query's group
    if (filters[f].by_group) {
      groups.resize(kGroups);
      for (size_t q = 0; q < data.query_count; ++q) {
        Value& group = groups[data.query_clusters[q] % kGroups];
        if (group.IsNull()) group = ours.FilterValue(filters[f], q);
      }
    }
    const Value fixed = filters[f].by_group ? Value() : ours.FilterValue(filters[f], 0);
    const Search found = Measure(truth[f], [&](size_t q, size_t ef) {
      const Value& filter = filters[f].by_group ? groups[data.query_clusters[q] % kGroups] : fixed;
      return ours.Find(*statement, queries[q], ef, filter);
    });
    std::optional<Search> raw_found;
    if (f == 0) {
      raw_found =
          Measure(truth[f], [&](size_t q, size_t ef) { return raw.Search(data.query(q), kK, ef); });
    }
    const std::optional<Search> kuzu_found = KuzuSearch(kuzu, f);
    Print("search, " + filters[f].name, Text(found), Text(raw_found), Text(kuzu_found),
          Ratio(found.rate, raw_found ? std::optional(raw_found->rate) : std::nullopt,
                kuzu_found ? std::optional(kuzu_found->rate) : std::nullopt));
  }

  const double inserted = ours.Insert();
  start = Clock::now();
  for (size_t done = 0; done < kChanges; done += data.query_count) {
    raw.Add(data.queries.data(), std::min(data.query_count, kChanges - done), count + done);
  }
  const double raw_inserted = SecondsSince(start);
  Print("insert 1,000, one commit", Text(inserted), Text(raw_inserted),
        Text(Number(kuzu, "insert")), Ratio(inserted, raw_inserted, Number(kuzu, "insert")));
  const double deleted = ours.Delete();
  start = Clock::now();
  for (size_t i = 0; i < kChanges; ++i) raw.Remove(count + i);
  const double raw_deleted = SecondsSince(start);
  Print("delete 1,000, one commit", Text(deleted), Text(raw_deleted), Text(Number(kuzu, "delete")),
        Ratio(deleted, {}, Number(kuzu, "delete")));
  std::printf("index: %.0f MB in memory, %.0f MB in its file\n", ours.MemoryBytes() / 1e6,
              ours.FileBytes() / 1e6);
}

}  // namespace
}  // namespace gesta::bench

int main(int argc, char** argv) {
  using namespace gesta::bench;  // NOLINT: the program
  Options options;
  CLI::App app("Embedding spaces beside hnswlib alone and Kuzu's vector index");
  app.add_option("--size", options.sizes, "COUNTxDIMENSION; may be repeated");
  app.add_option("--queries", options.queries, "how many queries");
  app.add_option("--m", options.m, "links of a node");
  app.add_option("--ef-construction", options.ef_construction, "candidates of a new node");
  app.add_option("--type", options.element, "float32 or float16");
  app.add_option("--folder", options.folder, "where stores and files go");
  app.add_option("--peer", options.peer, "kuzu")->check(CLI::IsMember({"kuzu"}));
  app.add_option("--python", options.python, "a python with the module kuzu");
  CLI11_PARSE(app, argc, argv);
  try {
    std::filesystem::create_directories(options.folder);
    for (const std::string& size : options.sizes) {
      size_t count = 0;
      size_t dimension = 0;
      if (std::sscanf(size.c_str(), "%zux%zu", &count, &dimension) != 2 || count < 100 ||
          dimension < 2) {
        std::fprintf(stderr, "a size is COUNTxDIMENSION, as in 50000x128, not '%s'\n",
                     size.c_str());
        return 2;
      }
      RunSize(options, count, dimension);
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}

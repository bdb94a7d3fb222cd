// GestaDB, in this process, through the public API.
#include <chrono>
#include <filesystem>
#include <unordered_map>

#include "gesta/database.h"
#include "gesta/import.h"
#include "graph/contender.h"

namespace gesta::bench {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

Value FromJson(const json& value) {
  switch (value.type()) {
    case json::value_t::boolean:
      return Value::Boolean(value.get<bool>());
    case json::value_t::number_integer:
    case json::value_t::number_unsigned:
      return Value::Integer(value.get<int64_t>());
    case json::value_t::number_float:
      return Value::Float(value.get<double>());
    case json::value_t::string:
      return Value::String(value.get_ref<const std::string&>());
    case json::value_t::array: {
      List items;
      for (const json& item : value) items.push_back(FromJson(item));
      return Value::MakeList(std::move(items));
    }
    case json::value_t::object: {
      std::vector<MapEntry> entries;
      for (const auto& [key, item] : value.items()) entries.emplace_back(key, FromJson(item));
      return Value::MakeMap(Map(std::move(entries)));
    }
    default:
      return Value();
  }
}

json ToJson(const Value& value) {
  switch (value.type()) {
    case ValueType::kNull:
      return nullptr;
    case ValueType::kBoolean:
      return value.AsBoolean();
    case ValueType::kInteger:
      return value.AsInteger();
    case ValueType::kFloat:
      return value.AsFloat();
    case ValueType::kString:
      return std::string(value.AsString());
    default:
      return ToText(value, /*quote=*/false);
  }
}

using ResultRows = std::vector<std::vector<Value>>;

json ToJson(const ResultRows& rows) {
  json out = json::array();
  for (const auto& row : rows) {
    json fields = json::array();
    for (const Value& value : row) fields.push_back(ToJson(value));
    out.push_back(std::move(fields));
  }
  return out;
}

class GestaSide final : public Contender {
 public:
  std::string name() const override { return "GestaDB"; }
  std::string StorePath(const std::string& folder) const override { return folder + "/gesta"; }

  Result<double> Load(const std::string& csv, const std::string& folder) override {
    std::filesystem::remove_all(StorePath(folder));
    const auto start = Clock::now();
    GESTA_RETURN_IF_ERROR(Open(folder, /*shared=*/false));
    for (const std::string& statement : GestaLoadSchema()) {
      GESTA_RETURN_IF_ERROR(connection_->Execute(statement).status());
    }
    ImportOptions import;
    for (const char* label : {"Person", "City", "State", "Country", "Interest"}) {
      import.nodes.push_back({label, CsvPath(csv, label)});
    }
    for (const char* type : {"FOLLOWS", "LIVES_IN", "HAS_INTEREST", "CITY_IN", "STATE_IN"}) {
      import.relationships.push_back({type, CsvPath(csv, type)});
    }
    GESTA_RETURN_IF_ERROR(ImportCsv(database_->store(), import).status());
    GESTA_RETURN_IF_ERROR(Close());
    return SecondsSince(start);
  }

  Status Open(const std::string& folder, bool shared) override {
    DatabaseOptions options;
    options.store.block_cache_bytes = 3ull << 30;  // and 1 GiB for the graph cache
    options.store.read_only = shared;
    GESTA_ASSIGN_OR_RETURN(database_, Database::Open(StorePath(folder), options));
    connection_ = database_->Connect();
    return {};
  }

  Status Close() override {
    prepared_.clear();
    connection_.reset();
    database_.reset();
    return {};
  }

  Status PrepareToWrite() override {
    for (const std::string& statement : GestaWriteSchema()) {
      GESTA_RETURN_IF_ERROR(connection_->Execute(statement).status());
    }
    return {};
  }

  Result<Measurement> Run(const Case& what, const std::vector<json>& given) override {
    std::unique_ptr<PreparedStatement>& statement = prepared_[what.statement.gesta];
    if (!statement) {
      GESTA_ASSIGN_OR_RETURN(statement, connection_->Prepare(what.statement.gesta));
    }
    std::vector<Parameters> parameters;
    for (const json& one : given) {
      Parameters& values = parameters.emplace_back();
      for (const auto& [key, value] : one.items()) values.emplace(key, FromJson(value));
    }
    std::vector<ResultRows> results(parameters.size());
    Measurement measurement;
    std::chrono::nanoseconds inside{0};
    const auto start = Clock::now();
    if (what.mode == Mode::kOneTransaction) GESTA_RETURN_IF_ERROR(connection_->Begin());
    for (size_t i = 0; i < parameters.size(); ++i) {
      GESTA_ASSIGN_OR_RETURN(const auto result, statement->Execute(parameters[i]));
      GESTA_ASSIGN_OR_RETURN(results[i], result->FetchAll());
      inside += result->summary().run_time;
    }
    if (what.mode == Mode::kOneTransaction) GESTA_RETURN_IF_ERROR(connection_->Commit());
    measurement.seconds = SecondsSince(start);
    measurement.inside_seconds = std::chrono::duration<double>(inside).count();
    for (const ResultRows& rows : results) measurement.results.push_back(ToJson(rows));
    return measurement;
  }

  Result<json> Ask(const std::string& query) override {
    GESTA_ASSIGN_OR_RETURN(const auto result, connection_->Execute(query));
    GESTA_ASSIGN_OR_RETURN(const ResultRows rows, result->FetchAll());
    return ToJson(rows);
  }

 private:
  std::unique_ptr<Database> database_;
  std::unique_ptr<Connection> connection_;
  std::unordered_map<std::string, std::unique_ptr<PreparedStatement>> prepared_;  // by text
};

}  // namespace

std::unique_ptr<Contender> MakeGesta() { return std::make_unique<GestaSide>(); }

}  // namespace gesta::bench

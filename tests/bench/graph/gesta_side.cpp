// GestaDB, in this process, through the public API.
#include <chrono>
#include <filesystem>
#include <fstream>
#include <unordered_map>

#include "gesta/database.h"
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
    GESTA_RETURN_IF_ERROR(LoadFiles(csv));
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
  Status LoadFiles(const std::string& csv);

  std::unique_ptr<Database> database_;
  std::unique_ptr<Connection> connection_;
  std::unordered_map<std::string, std::unique_ptr<PreparedStatement>> prepared_;  // by text
};

// The generated files hold no quotes.
std::vector<std::string> Fields(const std::string& line) {
  std::vector<std::string> fields(1);
  for (const char c : line) {
    if (c == ',') {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

Status GestaSide::LoadFiles(const std::string& csv) {
  constexpr size_t kBatch = 20'000;
  std::unordered_map<std::string, std::vector<NodeId>> ids;  // by label, then id
  std::unique_ptr<Transaction> transaction;
  size_t written = 0;
  const auto step = [&]() -> Status {
    if (transaction && ++written % kBatch != 0) return {};
    if (transaction) GESTA_RETURN_IF_ERROR(transaction->Commit());
    TransactionOptions options;
    options.take_slot = true;
    transaction.reset();
    GESTA_ASSIGN_OR_RETURN(transaction, database_->store().Begin(options));
    return {};
  };
  GESTA_RETURN_IF_ERROR(step());
  for (const auto& [label, file] :
       {std::pair("Person", "person"), std::pair("City", "city"), std::pair("State", "state"),
        std::pair("Country", "country"), std::pair("Interest", "interest")}) {
    std::ifstream in(csv + "/" + file + ".csv");
    std::string line;
    std::getline(in, line);
    std::vector<NameId> keys;
    for (const std::string& field : Fields(line)) {
      GESTA_ASSIGN_OR_RETURN(
          const NameId key,
          transaction->GetOrCreateName(NameKind::kProperty, field.substr(0, field.find(':'))));
      keys.push_back(key);
    }
    GESTA_ASSIGN_OR_RETURN(const NameId name,
                           transaction->GetOrCreateName(NameKind::kLabel, label));
    while (std::getline(in, line)) {
      std::vector<Property> properties;
      const auto fields = Fields(line);
      for (size_t i = 0; i < fields.size(); ++i) {
        const bool number = i == 0 || (i == 2 && std::string(label) == "Person");
        properties.push_back(
            {keys[i], number ? Value::Integer(std::stoll(fields[i])) : Value::String(fields[i])});
      }
      GESTA_ASSIGN_OR_RETURN(const NodeId id, transaction->CreateNode({name}, properties));
      ids[label].push_back(id);
      GESTA_RETURN_IF_ERROR(step());
    }
  }
  struct Type {
    const char* name;
    const char* file;
    const char* from;
    const char* to;
  };
  for (const Type& type : {Type{"FOLLOWS", "follows", "Person", "Person"},
                           Type{"LIVES_IN", "lives_in", "Person", "City"},
                           Type{"HAS_INTEREST", "has_interest", "Person", "Interest"},
                           Type{"CITY_IN", "city_in", "City", "State"},
                           Type{"STATE_IN", "state_in", "State", "Country"}}) {
    GESTA_ASSIGN_OR_RETURN(const NameId name,
                           transaction->GetOrCreateName(NameKind::kType, type.name));
    std::ifstream in(csv + "/" + type.file + ".csv");
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line)) {
      const auto fields = Fields(line);
      GESTA_RETURN_IF_ERROR(transaction
                                ->CreateRelationship(ids[type.from][std::stoull(fields[0])], name,
                                                     ids[type.to][std::stoull(fields[1])], {})
                                .status());
      GESTA_RETURN_IF_ERROR(step());
    }
  }
  return transaction->Commit();
}

}  // namespace

std::unique_ptr<Contender> MakeGesta() { return std::make_unique<GestaSide>(); }

}  // namespace gesta::bench

// Kuzu, in a Python process that is talked to over pipes (kuzu_peer.py).
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "graph/contender.h"

namespace gesta::bench {
namespace {

using nlohmann::json;

// Precondition: no parameter's name begins with another's.
std::string WithLiterals(std::string text, const json& parameters) {
  for (const auto& [name, value] : parameters.items()) {
    const std::string wanted = "$" + name;
    for (size_t at = text.find(wanted); at != std::string::npos; at = text.find(wanted, at)) {
      text.replace(at, wanted.size(), value.dump());
    }
  }
  return text;
}

class KuzuSide final : public Contender {
 public:
  KuzuSide(pid_t child, FILE* to, FILE* from) : child_(child), to_(to), from_(from) {}
  ~KuzuSide() override {
    std::fclose(to_);  // the peer ends with its input
    std::fclose(from_);
    waitpid(child_, nullptr, 0);
  }

  std::string name() const override { return "Kuzu " + version_; }
  std::string StorePath(const std::string& folder) const override { return folder + "/kuzu"; }

  Status Start() {
    GESTA_ASSIGN_OR_RETURN(const json answer, Request({{"do", "version"}}));
    version_ = answer["version"];
    return {};
  }

  Result<double> Load(const std::string& csv, const std::string& folder) override {
    json files = json::array();
    for (const char* table : {"Person", "City", "State", "Country", "Interest", "FOLLOWS",
                              "LIVES_IN", "HAS_INTEREST", "CITY_IN", "STATE_IN"}) {
      files.push_back({table, CsvPath(csv, table)});
    }
    GESTA_ASSIGN_OR_RETURN(const json answer, Request({{"do", "load"},
                                                       {"path", StorePath(folder)},
                                                       {"schema", KuzuLoadSchema()},
                                                       {"files", files}}));
    return answer["seconds"].get<double>();
  }

  Status Open(const std::string& folder, bool shared) override {
    return Request({{"do", "open"}, {"path", StorePath(folder)}, {"read_only", shared}}).status();
  }
  Status Close() override { return Request({{"do", "close"}}).status(); }
  Status PrepareToWrite() override {
    return Request({{"do", "schema"}, {"schema", KuzuWriteSchema()}}).status();
  }

  Result<Measurement> Run(const Case& what, const std::vector<json>& parameters) override {
    json texts = json::array();
    if (what.peer_literals) {
      for (const json& given : parameters)
        texts.push_back(WithLiterals(what.statement.kuzu, given));
    }
    GESTA_ASSIGN_OR_RETURN(json answer,
                           Request({{"do", "run"},
                                    {"texts", texts},
                                    {"text", what.statement.kuzu},
                                    {"transaction", what.mode == Mode::kOneTransaction},
                                    {"parameters", parameters}}));
    Measurement measurement;
    measurement.seconds = answer["seconds"];
    measurement.inside_seconds = answer["inside"];
    measurement.results = answer["results"].get<std::vector<json>>();
    return measurement;
  }

  Result<json> Ask(const std::string& query) override {
    GESTA_ASSIGN_OR_RETURN(json answer, Request({{"do", "ask"}, {"text", query}}));
    return std::move(answer["rows"]);
  }

 private:
  Result<json> Request(const json& request) {
    const std::string line = request.dump() + "\n";
    const bool sent =
        std::fwrite(line.data(), 1, line.size(), to_) == line.size() && std::fflush(to_) == 0;
    char* text = nullptr;
    size_t capacity = 0;
    const ssize_t length = sent ? getline(&text, &capacity, from_) : -1;
    json answer = length > 0 ? json::parse(text, text + length, nullptr, /*allow_exceptions=*/false)
                             : json(json::value_t::discarded);
    std::free(text);
    if (answer.is_discarded()) return Status(StatusCode::kIo, "the process that runs Kuzu ended");
    if (answer.contains("error")) {
      return Status(StatusCode::kIo, "Kuzu: " + answer["error"].get<std::string>());
    }
    return answer;
  }

  const pid_t child_;
  FILE* const to_;
  FILE* const from_;
  std::string version_;
};

}  // namespace

Result<std::unique_ptr<Contender>> StartKuzu(const std::string& python, const std::string& script) {
  std::signal(SIGPIPE, SIG_IGN);  // a peer that died is found out by reading
  int to_child[2];
  int from_child[2];
  if (pipe(to_child) != 0) return Status(StatusCode::kIo, "no pipe");
  if (pipe(from_child) != 0) return Status(StatusCode::kIo, "no pipe");
  const pid_t child = fork();
  if (child < 0) return Status(StatusCode::kIo, "no process");
  if (child == 0) {
    dup2(to_child[0], 0);
    dup2(from_child[1], 1);
    for (const int fd : {to_child[0], to_child[1], from_child[0], from_child[1]}) close(fd);
    execlp(python.c_str(), python.c_str(), script.c_str(), static_cast<char*>(nullptr));
    std::perror(python.c_str());
    _exit(127);
  }
  close(to_child[0]);
  close(from_child[1]);
  auto side =
      std::make_unique<KuzuSide>(child, fdopen(to_child[1], "w"), fdopen(from_child[0], "r"));
  GESTA_RETURN_IF_ERROR(side->Start());
  return std::unique_ptr<Contender>(std::move(side));
}

}  // namespace gesta::bench

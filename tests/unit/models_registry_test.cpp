// The registry of a machine's models, and fetching from a hub on this machine.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "gesta/model_hub.h"
#include "gesta/model_registry.h"
#include "gesta/models.h"
#include "models_support.h"
#include "store_test_support.h"
#include "support/http_server.h"
#include "support/temp_dir.h"

namespace gesta::test {
namespace {

namespace fs = std::filesystem;

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void WriteFile(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

bool Contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

TEST_CASE("a model is added, listed, verified and removed", "[models]") {
  const TempDir dir;
  const ModelRegistry registry = Must(ModelRegistry::Open(dir.path() + "/models"));
  CHECK(Must(registry.List()).empty());
  CHECK(registry.Get("clip").status().code() == StatusCode::kNotFound);
  CHECK(Contains(registry.Get("clip").status().info().hint, "gesta model add clip"));

  const RegisteredModel clip = Must(registry.Add("clip", TestModel("clip")));
  CHECK(clip.kind == "clip");
  CHECK(clip.dimension == 20);
  CHECK(clip.texts);
  CHECK(clip.images);
  CHECK(clip.max_tokens == 24);
  CHECK(*clip.logit_scale == Approx(14.2857).epsilon(1e-4));
  const RegisteredModel bert = Must(registry.Add("bert", TestModel("bert-cls")));
  CHECK(bert.dimension == 16);
  CHECK_FALSE(bert.images);

  const auto models = Must(registry.List());
  REQUIRE(models.size() == 2);
  CHECK(models[0].name == "bert");
  CHECK(models[1].version == clip.version);
  CHECK(models[1].folder == fs::canonical(TestModel("clip")).string());
  CHECK(registry.Verify("clip").ok());
  CHECK(registry.Add("clip", TestModel("clip")).status().code() == StatusCode::kAlreadyExists);
  AddModelOptions replace;
  replace.replace = true;
  CHECK(Must(registry.Add("clip", TestModel("bert"), replace)).version != clip.version);
  CHECK(registry.Remove("clip").ok());
  CHECK(registry.Remove("clip").code() == StatusCode::kNotFound);
  CHECK(fs::exists(TestModel("clip") + "/config.json"));
}

TEST_CASE("names and folders that are no use", "[models]") {
  const TempDir dir;
  const ModelRegistry registry = Must(ModelRegistry::Open(dir.path()));
  for (const char* name : {"", "../x", "a/b", ".hidden", "a b"}) {
    CHECK(registry.Add(name, TestModel("bert")).status().code() == StatusCode::kInvalidArgument);
  }
  CHECK(registry.Add("x", dir.path() + "/nothing").status().code() == StatusCode::kNotFound);
  CHECK(registry.Add("x", dir.path()).status().code() == StatusCode::kNotFound);
  fs::create_directory(dir.path() + "/m");
  WriteFile(dir.path() + "/m/config.json", R"({"model_type": "t5"})");
  const Status unsupported = registry.Add("x", dir.path() + "/m").status();
  CHECK(unsupported.code() == StatusCode::kUnsupported);
  CHECK(Contains(unsupported.message(), "t5"));
  WriteFile(dir.path() + "/broken.json", "{");
  CHECK(registry.List().status().code() == StatusCode::kBadData);
}

TEST_CASE("files that changed since the model was added", "[models]") {
  const TempDir dir;
  const std::string folder = dir.path() + "/bert";
  fs::copy(TestModel("bert"), folder, fs::copy_options::recursive);
  const ModelRegistry registry = Must(ModelRegistry::Open(dir.path() + "/models"));
  const std::string version = Must(registry.Add("bert", folder)).version;
  // The version is of the files' bytes: another folder with the same is the same model.
  CHECK(Must(registry.Add("same", TestModel("bert"))).version == version);

  std::string weights = ReadFile(folder + "/model.safetensors");
  weights.back() = static_cast<char>(weights.back() ^ 1);
  WriteFile(folder + "/model.safetensors", weights);
  const Status changed = registry.Verify("bert");
  CHECK(changed.code() == StatusCode::kCorruption);
  CHECK(Contains(changed.message(), "model.safetensors"));
  AddModelOptions replace;
  replace.replace = true;
  CHECK(Must(registry.Add("bert", folder, replace)).version != version);
  fs::remove(folder + "/1_Pooling/config.json");
  const Status missing = registry.Verify("bert");
  CHECK(missing.code() == StatusCode::kNotFound);
  CHECK(Contains(missing.message(), "1_Pooling/config.json"));
}

// A hub with one repository, whose files are those of a folder.
class Hub {
 public:
  explicit Hub(std::string folder)
      : folder_(std::move(folder)), server_([this](const HttpRequest& r) { return Answer(r); }) {}

  FetchOptions Options() const {
    FetchOptions options;
    options.hub = server_.url();
    options.retries = 3;
    return options;
  }
  uint64_t Downloads() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return downloads_.size();
  }
  std::vector<std::string> ranges;  // Range headers, in order
  size_t cut_next = 0;              // the next download of weights ends after so many bytes
  bool ignore_ranges = false;
  std::string other_bytes;  // sent in place of the weights

 private:
  HttpReply Answer(const HttpRequest& request) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (request.path == "/api/models/me/tiny/revision/main")
      return {200, {}, R"({"sha": "c0ffee"})"};
    if (request.path == "/api/models/me/tiny/tree/c0ffee?recursive=true") return {200, {}, List()};
    const std::string prefix = "/me/tiny/resolve/c0ffee/";
    if (request.path.compare(0, prefix.size(), prefix) != 0) return {404, {}, "no"};
    const std::string name = request.path.substr(prefix.size());
    downloads_.push_back(name);
    HttpReply reply{200, {}, ReadFile(folder_ + "/" + name)};
    if (name != "model.safetensors") return reply;
    if (!other_bytes.empty()) reply.body = other_bytes;
    const auto range = request.headers.find("range");
    if (range != request.headers.end()) {
      ranges.push_back(range->second);
      if (!ignore_ranges) {
        reply.status = 206;
        reply.body.erase(0, std::stoul(range->second.substr(6)));  // bytes=N-
      }
    }
    if (cut_next > 0) {
      reply.cut_after = cut_next;
      cut_next = 0;
    }
    return reply;
  }

  std::string List() const {
    std::string list;
    for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
      if (!entry.is_regular_file()) continue;
      const std::string name = fs::relative(entry.path(), folder_).string();
      const std::string bytes = ReadFile(entry.path().string());
      const bool large = name == "model.safetensors";
      list += (list.empty() ? "" : ",") + std::string(R"({"type":"file","path":")") + name +
              R"(","size":)" + std::to_string(bytes.size()) + R"(,"oid":")" +
              CommandOutput("git hash-object " + entry.path().string()) + "\"" +
              (large ? R"(,"lfs":{"oid":")" +
                           CommandOutput("sha256sum " + entry.path().string()).substr(0, 64) +
                           R"(","size":)" + std::to_string(bytes.size()) + "}"
                     : "") +
              "}";
    }
    return "[" + list + "]";
  }

  const std::string folder_;
  std::mutex mutex_;
  std::vector<std::string> downloads_;
  HttpServer server_;
};

TEST_CASE("a model is fetched, and what is there is not fetched again", "[models]") {
  const TempDir dir;
  Hub hub(TestModel("bert"));
  const FetchOptions options = hub.Options();
  REQUIRE(FetchModel("me/tiny", dir.path(), options).ok());
  CHECK(ReadFile(dir.path() + "/model.safetensors") ==
        ReadFile(TestModel("bert") + "/model.safetensors"));
  CHECK(fs::exists(dir.path() + "/1_Pooling/config.json"));
  CHECK_FALSE(fs::exists(dir.path() + "/expected.json"));  // no file of a model
  const ModelRegistry registry = Must(ModelRegistry::Open(dir.path() + "/registry"));
  CHECK(registry.Add("tiny", dir.path()).ok());
  const uint64_t downloads = hub.Downloads();
  REQUIRE(FetchModel("me/tiny", dir.path(), options).ok());
  CHECK(hub.Downloads() == downloads);
  // A damaged file is fetched again.
  WriteFile(dir.path() + "/config.json", "{}");
  REQUIRE(FetchModel("me/tiny", dir.path(), options).ok());
  CHECK(hub.Downloads() == downloads + 1);
}

TEST_CASE("a download that breaks goes on where it was", "[models]") {
  const TempDir dir;
  Hub hub(TestModel("bert"));
  hub.cut_next = 1000;
  SECTION("with ranges") {
    REQUIRE(FetchModel("me/tiny", dir.path(), hub.Options()).ok());
    REQUIRE(hub.ranges.size() == 1);
    CHECK(hub.ranges[0] == "bytes=1000-");
  }
  SECTION("in the next run") {
    FetchOptions once = hub.Options();
    once.retries = 0;
    CHECK(FetchModel("me/tiny", dir.path(), once).code() == StatusCode::kIo);
    CHECK(fs::file_size(dir.path() + "/model.safetensors.part") == 1000);
    REQUIRE(FetchModel("me/tiny", dir.path(), once).ok());
    CHECK(hub.ranges == std::vector<std::string>{"bytes=1000-"});
  }
  SECTION("from a server without ranges, from the start") {
    hub.ignore_ranges = true;
    REQUIRE(FetchModel("me/tiny", dir.path(), hub.Options()).ok());
  }
  CHECK(ReadFile(dir.path() + "/model.safetensors") ==
        ReadFile(TestModel("bert") + "/model.safetensors"));
}

TEST_CASE("fetches that cannot succeed say why", "[models]") {
  const TempDir dir;
  Hub hub(TestModel("bert"));
  hub.other_bytes = ReadFile(TestModel("bert") + "/model.safetensors");
  hub.other_bytes[hub.other_bytes.size() / 2] ^= 1;
  const Status damaged = FetchModel("me/tiny", dir.path(), hub.Options());
  CHECK(damaged.code() == StatusCode::kCorruption);
  CHECK(Contains(damaged.message(), "model.safetensors"));
  CHECK_FALSE(fs::exists(dir.path() + "/model.safetensors"));
  CHECK(FetchModel("me/other", dir.path(), hub.Options()).code() == StatusCode::kNotFound);
  CHECK(FetchModel("nothing", dir.path(), hub.Options()).code() == StatusCode::kInvalidArgument);
  FetchOptions nowhere = hub.Options();
  nowhere.hub = "http://127.0.0.1:1";
  nowhere.retries = 0;
  CHECK(FetchModel("me/tiny", dir.path(), nowhere).code() == StatusCode::kNotFound);
  FetchOptions stopped = hub.Options();
  stopped.check_interrupt = [] { return Status(StatusCode::kCancelled, "stopped"); };
  CHECK(FetchModel("me/tiny", dir.path(), stopped).code() == StatusCode::kCancelled);
}

TEST_CASE("a remote model embeds texts through its server", "[models]") {
  const TempDir dir;
  HttpServer server([](const HttpRequest& request) -> HttpReply {
    if (request.path != "/v1/embeddings" || !Contains(request.body, "\"tiny-embedder\""))
      return {404, {}, ""};
    return {200,
            {},
            R"({"data": [{"index": 1, "embedding": [0, 1]}, {"index": 0, "embedding": [1, 0]}]})"};
  });
  const ModelFolder folder(dir.path());
  const ModelRegistry registry = Must(ModelRegistry::Open());
  REQUIRE(registry.AddRemote("far", server.url() + "/v1", "tiny-embedder", 2).ok());
  REQUIRE(registry.AddRemote("wrong", server.url() + "/v1", "tiny-embedder", 3).ok());
  CHECK(registry.AddRemote("p", "http://me:secret@x/v1", "m", 2).status().code() ==
        StatusCode::kInvalidArgument);
  const auto models = MakeMachineModels();
  const auto model = Must(models->Get("far"));
  CHECK(model->info().kind == "remote");
  std::vector<float> rows;
  REQUIRE(model->EmbedTexts({"run", "jump"}, {}, &rows).ok());
  CHECK(rows == std::vector<float>{1, 0, 0, 1});
  CHECK(Must(models->Get("wrong"))->EmbedTexts({"run", "jump"}, {}, &rows).code() ==
        StatusCode::kBadData);
  CHECK(model->EmbedImages({"x.png"}, {}, &rows).code() == StatusCode::kUnsupported);
}

TEST_CASE("without the inference module models can be added but not run", "[models]") {
  const TempDir dir;
  const TempDir empty;
  const ModelFolder folder(dir.path());
  const Environment modules("GESTA_MODULE_DIR", empty.path());
  REQUIRE(Must(ModelRegistry::Open()).Add("bert", TestModel("bert")).ok());
  const auto model = Must(MakeMachineModels()->Get("bert"));
  CHECK(model->info().dimension == 32);
  std::vector<float> rows;
  const Status status = model->EmbedTexts({"run"}, {}, &rows);
  CHECK(status.code() == StatusCode::kNotFound);
  CHECK(Contains(status.message(), "libgesta_inference.so"));
  CHECK(Contains(status.message(), empty.path()));
}

TEST_CASE("a point query loads no tensors, images or HTTP", "[models]") {
  const TempDir dir;
  const std::string store = dir.path() + "/kb.gesta";
  const std::string command = "LD_DEBUG=libs LD_DEBUG_OUTPUT=" + dir.path() +
                              "/libraries " GESTA_BINARY " query " + store +
                              " -c \"CREATE (v:Verb {lemma: 'run'}) RETURN v.lemma\"";
  CHECK(Contains(CommandOutput(command), "run"));
  std::string libraries;
  for (const auto& entry : fs::directory_iterator(dir.path())) {
    if (entry.path().filename().string().rfind("libraries", 0) == 0) {
      libraries += ReadFile(entry.path().string());
    }
  }
  REQUIRE(Contains(libraries, "libstdc++"));
  for (const char* heavy :
       {"libtorch", "libopencv", "libsentencepiece", "libcurl", "libprotobuf", "libgesta_"}) {
    CHECK_FALSE(Contains(libraries, heavy));
  }
}

}  // namespace
}  // namespace gesta::test

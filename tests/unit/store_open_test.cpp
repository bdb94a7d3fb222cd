// Opening: what is refused and how the message helps; locks, formats, read-only, damage, backup.
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <set>

#include "store/database.h"
#include "store_test_support.h"

namespace gesta {
namespace {

using namespace gesta::test;
namespace fs = std::filesystem;

bool Mentions(const Status& status, const std::string& text) {
  return status.ToString().find(text) != std::string::npos;
}

void WriteFile(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

Status OpenStatus(const std::string& path, StoreOptions options = {}) {
  return Store::Open(path, options).status();
}

StoreOptions ReadOnly() {
  StoreOptions options;
  options.read_only = true;
  return options;
}

StoreOptions Existing() {
  StoreOptions options;
  options.create_if_missing = false;
  return options;
}

// A small store with one of everything.
void Fill(const std::string& path) {
  auto store = OpenStore(path);
  auto t = Write(*store);
  const NameId label = Label(*t, "Action");
  const NameId key = Key(*t, "text");
  const NodeId a = Must(t->CreateNode({label}, {{key, Value::String("run")}}));
  const NodeId b = Must(t->CreateNode({label}, {{key, Value::String("walk")}}));
  Must(t->CreateRelationship(a, Type(*t, "IS_A"), b, {{key, Value::Integer(1)}}));
  IndexInfo index;
  index.label = label;
  index.properties = {key};
  Must(t->CreateIndex(index));
  RequireOk(t->Commit());
}

TEST_CASE("what is no store is refused by name", "[store]") {
  TempDirectory directory;
  SECTION("a path that does not exist") {
    const Status status = OpenStatus(directory / "none", Existing());
    CHECK(status.code() == StatusCode::kNotFound);
    CHECK(Mentions(status, directory / "none"));
    CHECK(OpenStatus(directory / "none", ReadOnly()).code() == StatusCode::kNotFound);
    CHECK_FALSE(fs::exists(directory / "none"));
  }
  SECTION("a path below something that does not exist") {
    const Status status = OpenStatus(directory / "none/deeper");
    CHECK(status.code() == StatusCode::kIo);
    CHECK(Mentions(status, directory / "none/deeper"));
  }
  SECTION("a regular file") {
    WriteFile(directory / "file", "text");
    const Status status = OpenStatus(directory / "file");
    CHECK(status.code() == StatusCode::kNotAStore);
    CHECK(Mentions(status, directory / "file"));
  }
  SECTION("a directory with other files") {
    fs::create_directory(directory / "d");
    WriteFile(directory / "d/notes.txt", "text");
    const Status status = OpenStatus(directory / "d");
    CHECK(status.code() == StatusCode::kNotAStore);
    CHECK(fs::exists(directory / "d/notes.txt"));
    CHECK_FALSE(fs::exists(directory / "d/GESTA"));
  }
  SECTION("an empty directory becomes a store, when that is wanted") {
    fs::create_directory(directory / "d");
    CHECK(OpenStatus(directory / "d", Existing()).code() == StatusCode::kNotAStore);
    CHECK(OpenStatus(directory / "d", ReadOnly()).code() == StatusCode::kNotAStore);
    RequireOk(OpenStatus(directory / "d"));
  }
  SECTION("a marker of something else") {
    fs::create_directory(directory / "d");
    WriteFile(directory / "d/GESTA", "hello\n");
    CHECK(OpenStatus(directory / "d").code() == StatusCode::kNotAStore);
  }
}

TEST_CASE("a newer format is refused", "[store]") {
  TempDirectory directory;
  Fill(directory / "s");
  WriteFile(directory / "s/GESTA", "GestaDB store, format 9\n");
  const Status status = OpenStatus(directory / "s");
  CHECK(status.code() == StatusCode::kNewerFormat);
  CHECK(Mentions(status, "format 9"));
}

TEST_CASE("a store that is open is locked", "[store]") {
  TempDirectory directory;
  Fill(directory / "s");
  {
    auto store = OpenStore(directory / "s");
    Status status = OpenStatus(directory / "s");
    CHECK(status.code() == StatusCode::kLocked);
    CHECK(Mentions(status, "this process"));
    CHECK(OpenStatus(directory / "s", ReadOnly()).code() == StatusCode::kLocked);

    // From another process, the holder is named.
    int channel[2];
    REQUIRE(pipe(channel) == 0);
    const pid_t child = fork();
    if (child == 0) {
      const Status seen = OpenStatus(directory / "s");
      const std::string text = seen.ToString();
      const bool written = write(channel[1], text.data(), text.size()) > 0;
      _exit(written && seen.code() == StatusCode::kLocked ? 0 : 1);
    }
    close(channel[1]);
    char text[4096];
    const ssize_t n = read(channel[0], text, sizeof text);
    close(channel[0]);
    int exit_status = -1;
    waitpid(child, &exit_status, 0);
    CHECK(exit_status == 0);
    REQUIRE(n > 0);
    CHECK(std::string(text, static_cast<size_t>(n)).find("pid " + std::to_string(getpid())) !=
          std::string::npos);
  }
  // Readers may be several; a writer waits for them.
  auto one = OpenStore(directory / "s", ReadOnly());
  auto two = OpenStore(directory / "s", ReadOnly());
  CHECK(OpenStatus(directory / "s").code() == StatusCode::kLocked);
  one.reset();
  two.reset();
  RequireOk(OpenStatus(directory / "s"));
}

TEST_CASE("a store opened for reading sees the log and refuses to write", "[store]") {
  TempDirectory directory;
  Fill(directory / "s");  // small: what it wrote is in the log only
  auto store = OpenStore(directory / "s", ReadOnly());
  TransactionOptions options;
  auto t = Must(store->Begin(options));
  CHECK(Drain(t->ScanNodes()).size() == 2);
  const Status status = t->CreateNode({}, {}).status();
  CHECK(status.code() == StatusCode::kReadOnly);
  CHECK(Mentions(status, directory / "s"));
  options.take_slot = true;
  CHECK(store->Begin(options).status().code() == StatusCode::kReadOnly);
  RequireOk(store->Flush());
  RequireConsistent(*store);
}

TEST_CASE("an interrupted creation is completed by the next open", "[store]") {
  TempDirectory directory;
  fs::create_directory(directory / "s");
  SECTION("after the lock") { WriteFile(directory / "s/LOCK", ""); }
  SECTION("after the marker") { WriteFile(directory / "s/GESTA", "GestaDB store, format 1\n"); }
  SECTION("inside RocksDB") {
    WriteFile(directory / "s/GESTA", "GestaDB store, format 1\n");
    fs::create_directory(directory / "s/db");
    WriteFile(directory / "s/db/MANIFEST-000001", "");
    CHECK(OpenStatus(directory / "s", ReadOnly()).code() == StatusCode::kNotAStore);
  }
  RequireOk(OpenStatus(directory / "s"));
}

TEST_CASE("a store may live in memory", "[store]") {
  const std::unique_ptr<rocksdb::Env> env(rocksdb::NewMemEnv(rocksdb::Env::Default()));
  StoreOptions options;
  options.env = env.get();
  {
    auto store = OpenStore("/memory/store", options);
    auto t = Write(*store);
    Must(t->CreateNode({Label(*t, "L")}, {}));
    RequireOk(t->Commit());
    RequireConsistent(*store);
  }
  CHECK(Read(*OpenStore("/memory/store", options))->GetStatistics().nodes == 1);
  CHECK_FALSE(fs::exists("/memory"));
}

TEST_CASE("short sessions do not pile up logs", "[store]") {
  TempDirectory directory;
  for (int i = 0; i < 30; ++i) {
    auto store = OpenStore(directory / "s");
    auto t = Write(*store);
    Must(t->CreateNode({}, {}));
    RequireOk(t->Commit());
    t.reset();
    store.reset();
    OpenStore(directory / "s");  // one that writes nothing
  }
  size_t logs = 0;
  for (const auto& entry : fs::directory_iterator(directory / "s/db")) {
    if (entry.path().extension() == ".log") ++logs;
  }
  CHECK(logs <= 10);
  CHECK(Read(*OpenStore(directory / "s"))->GetStatistics().nodes == 30);
}

TEST_CASE("damaged files are reported as damage, with the path", "[store]") {
  TempDirectory directory;
  Fill(directory / "s");
  RequireOk(OpenStore(directory / "s")->Flush());
  auto file_with = [&](const std::string& extension, const std::string& prefix) {
    fs::path largest;
    for (const auto& entry : fs::directory_iterator(directory / "s/db")) {
      const fs::path& path = entry.path();
      if (path.extension() == extension && path.filename().string().rfind(prefix, 0) == 0 &&
          (largest.empty() || fs::file_size(path) > fs::file_size(largest))) {
        largest = path;
      }
    }
    REQUIRE_FALSE(largest.empty());
    return largest;
  };
  SECTION("CURRENT is gone") {
    fs::remove(directory / "s/db/CURRENT");
    const Status status = OpenStatus(directory / "s");
    CHECK(status.code() == StatusCode::kCorruption);
    CHECK(Mentions(status, directory / "s"));
  }
  SECTION("a table file is gone") {
    fs::remove(file_with(".sst", ""));
    const Status status = OpenStatus(directory / "s");
    CHECK_FALSE(status.ok());
    CHECK((status.code() == StatusCode::kCorruption || status.code() == StatusCode::kIo));
    CHECK(Mentions(status, directory / "s"));
  }
  SECTION("the manifest is overwritten") {
    WriteFile(file_with("", "MANIFEST").string(), std::string(200, 'x'));
    const Status status = OpenStatus(directory / "s");
    CHECK(status.code() == StatusCode::kCorruption);
    CHECK(Mentions(status, directory / "s"));
  }
  SECTION("bytes of table files are changed") {
    for (const auto& entry : fs::directory_iterator(directory / "s/db")) {
      if (entry.path().extension() != ".sst") continue;
      std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(4);
      file.write("\xde\xad\xbe\xef", 4);
    }
    // Found when it opens, or by the check.
    auto store = Store::Open(directory / "s", {});
    if (store.ok()) {
      const auto problems = Must((*store)->Check(10));
      REQUIRE_FALSE(problems.empty());
      CHECK(problems[0].what.find(directory / "s") != std::string::npos);
    } else {
      CHECK(store.status().code() == StatusCode::kCorruption);
    }
  }
}

// Changes single entries behind the store's back; each must be found.
TEST_CASE("check finds every kind of disagreement", "[store]") {
  using store::AdjacencyKey;
  using store::Database;
  using store::Family;
  TempDirectory directory;
  Fill(directory / "s");
  auto tamper = [&](const std::function<void(Database&)>& change) {
    auto database = Must(Database::Open(directory / "s/db", directory / "s", Existing()));
    change(*database);
  };
  auto put = [](Database& d, Family family, std::string_view key, std::string_view value) {
    REQUIRE(d.db()->Put({}, d.handle(family), key, value).ok());
  };
  auto remove = [](Database& d, Family family, std::string_view key) {
    std::string value;
    REQUIRE(d.db()->Get({}, d.handle(family), key, &value).ok());
    REQUIRE(d.db()->Delete({}, d.handle(family), key).ok());
  };
  auto problems = [&] {
    std::set<std::string> texts;
    for (const CheckProblem& p : Must(OpenStore(directory / "s")->Check(100))) texts.insert(p.what);
    return texts;
  };
  CHECK(problems().empty());
  SECTION("a node is gone") {
    tamper([&](Database& d) { remove(d, Family::kNode, store::NodeKey(1)); });
    const auto found = problems();
    CHECK(found.count("relationship 0: end node 1 does not exist"));
    CHECK(found.count("there are 1 nodes, the statistics say 2"));
    CHECK(found.count("node 1: does not exist, and is listed under label 'Action'"));
    CHECK(
        found.count("node 1: its entry in the index 'Action_text_index' is not what the node "
                    "says"));
  }
  SECTION("an outgoing entry is gone") {
    tamper([&](Database& d) { remove(d, Family::kOut, AdjacencyKey(0, 0, 1, 0)); });
    CHECK(problems() == std::set<std::string>{"relationship 0: is missing from the relationships "
                                              "that leave its start node"});
  }
  SECTION("an incoming entry too many") {
    tamper([&](Database& d) { put(d, Family::kIn, AdjacencyKey(0, 0, 1, 7), ""); });
    CHECK(problems() ==
          std::set<std::string>{"node 0: lists relationship 7 from node 1, which does not exist"});
  }
  SECTION("label entries disagree") {
    tamper([&](Database& d) { remove(d, Family::kLabel, store::MemberKey(0, 0)); });
    const auto found = problems();
    CHECK(found.count("node 0: is missing from the nodes with label 'Action'"));
    CHECK(found.count("there are 1 nodes with label 'Action', the statistics say 2"));
  }
  SECTION("a type entry is gone") {
    tamper([&](Database& d) { remove(d, Family::kType, store::MemberKey(0, 0)); });
    CHECK(problems().count("relationship 0: is missing from the relationships of type 'IS_A'"));
  }
  SECTION("a type lists too many") {
    tamper([&](Database& d) {
      put(d, Family::kType, store::MemberKey(0, 1000), store::Key().U64(0));
    });
    CHECK(
        problems().count("relationships 0 to 1000: are listed under type 'IS_A', and were never "
                         "made"));
  }
  SECTION("a type's entry is damaged") {
    tamper([&](Database& d) { put(d, Family::kType, store::MemberKey(0, 0), "\x05"); });
    CHECK(problems().count("an entry of a type is damaged"));
  }
  SECTION("a row is damaged") {
    tamper([&](Database& d) { put(d, Family::kNode, store::NodeKey(0), "\x05"); });
    CHECK(problems().count("node 0: its row is damaged"));
  }
  SECTION("an index entry is gone") {
    tamper([&](Database& d) {
      std::unique_ptr<rocksdb::Iterator> at(d.db()->NewIterator({}, d.handle(Family::kIndex)));
      at->SeekToFirst();
      REQUIRE(at->Valid());
      remove(d, Family::kIndex, at->key().ToStringView());
    });
    CHECK(problems().count("node 0: is missing from the index 'Action_text_index'"));
  }
  SECTION("an id that was never given") {
    tamper([&](Database& d) { put(d, Family::kNode, store::NodeKey(50), std::string(2, '\0')); });
    CHECK(problems().count("node 50: its id was never given, the next one is 2"));
  }
  SECTION("a property key without a name") {
    tamper([&](Database& d) {
      put(d, Family::kNode, store::NodeKey(0), std::string("\x00\x01\x20\x01\x01", 5));
    });
    CHECK(problems().count("node 0: property key 32 has no name"));
  }
  SECTION("the number of problems is limited") {
    tamper([&](Database& d) { remove(d, Family::kNode, store::NodeKey(1)); });
    CHECK(Must(OpenStore(directory / "s")->Check(2)).size() == 2);
  }
  SECTION("a damaged catalog does not open") {
    tamper([&](Database& d) { put(d, Family::kCatalog, "zzz", ""); });
    CHECK(OpenStatus(directory / "s").code() == StatusCode::kCorruption);
  }
}

TEST_CASE("a backup is a store, made while the original is in use", "[store]") {
  TempDirectory directory;
  Fill(directory / "s");
  auto store = OpenStore(directory / "s");
  auto t = Write(*store);
  Must(t->CreateNode({}, {}));  // not committed: not in the backup
  RequireOk(store->Backup(directory / "b"));
  CHECK_FALSE(fs::exists(directory / "b.partial"));
  Status status = store->Backup(directory / "b");
  CHECK(status.code() == StatusCode::kAlreadyExists);
  CHECK(Mentions(status, directory / "b"));
  CHECK(store->Backup(directory / "none/b").code() == StatusCode::kIo);
  RequireOk(t->Commit());

  RequireOk(RestoreStore(directory / "b", directory / "r"));
  CHECK(RestoreStore(directory / "b", directory / "r").code() == StatusCode::kAlreadyExists);
  CHECK(RestoreStore(directory / "none", directory / "r2").code() == StatusCode::kNotFound);
  WriteFile(directory / "b/db/CURRENT", "MANIFEST-999999\n");
  CHECK_FALSE(RestoreStore(directory / "b", directory / "r3").ok());
  CHECK_FALSE(fs::exists(directory / "r3"));
  CHECK_FALSE(fs::exists(directory / "r3.partial"));

  auto restored = OpenStore(directory / "r");
  RequireConsistent(*restored);
  CHECK(Read(*restored)->GetStatistics().nodes == 2);
  CHECK(Read(*store)->GetStatistics().nodes == 3);
  auto more = Write(*restored);
  Must(more->CreateNode({}, {}));
  RequireOk(more->Commit());
}

}  // namespace
}  // namespace gesta

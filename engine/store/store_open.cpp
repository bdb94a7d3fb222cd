// Opening and closing a store: what its directory holds, and how the catalog is read.
#include <rocksdb/env.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "store/store_impl.h"
#include "store/table_set.h"

namespace gesta {

Result<std::unique_ptr<Store>> Store::Open(const std::string& path, const StoreOptions& options) {
  return store::StoreImpl::Open(path, options);
}

namespace store {
namespace {

constexpr std::string_view kMarkerTitle = "GestaDB store, format ";

std::string MarkerFile(const std::string& path) { return path + "/GESTA"; }

Status NotAStore(const std::string& path, const std::string& why) {
  return Status(StatusCode::kNotAStore, "'" + path + "' is not a GestaDB store: " + why,
                "give the path of a store, or a path that does not exist to create one");
}

// Gives the format that the marker names.
Result<uint32_t> CheckMarker(rocksdb::Env* env, const std::string& path) {
  std::string text;
  GESTA_RETURN_IF_ERROR(
      TranslateStatus(rocksdb::ReadFileToString(env, MarkerFile(path), &text), path, "opening"));
  uint32_t version = 0;
  if (text.compare(0, kMarkerTitle.size(), kMarkerTitle) != 0 ||
      std::from_chars(text.data() + kMarkerTitle.size(), text.data() + text.size(), version).ec !=
          std::errc()) {
    return NotAStore(path, "its file GESTA does not name a format");
  }
  if (version > kFormatVersion) {
    return Status(StatusCode::kNewerFormat,
                  "the store at '" + path + "' has format " + std::to_string(version) +
                      "; this version reads up to format " + std::to_string(kFormatVersion),
                  "use a newer GestaDB");
  }
  return version;
}

// RocksDB writes CURRENT last when it creates a database; without it there must be no data either,
// or something deleted it.
Status CheckDatabaseFiles(rocksdb::Env* env, const std::string& path, bool* created) {
  const std::string directory = DatabaseDirectory(path);
  *created = env->FileExists(directory + "/CURRENT").ok();
  if (*created) return Status::Ok();
  std::vector<std::string> files;
  const rocksdb::Status status = env->GetChildren(directory, &files);
  if (!status.ok() && !status.IsNotFound()) return TranslateStatus(status, path, "opening");
  for (const std::string& file : files) {
    if (file.size() > 4 && file.compare(file.size() - 4, 4, ".sst") == 0) {
      return Status(StatusCode::kCorruption,
                    "the store at '" + path + "' has lost its file db/CURRENT",
                    "restore a backup with 'gesta restore'");
    }
  }
  return Status::Ok();
}

}  // namespace

std::string DatabaseDirectory(const std::string& path) { return path + "/db"; }

// Written beside and renamed, so that a crash leaves no half marker.
Status WriteMarker(rocksdb::Env* env, const std::string& path) {
  const std::string text = std::string(kMarkerTitle) + std::to_string(kFormatVersion) + "\n";
  const std::string temporary = MarkerFile(path) + ".new";
  rocksdb::Status status = rocksdb::WriteStringToFile(env, text, temporary, /*should_sync=*/true);
  if (status.ok()) status = env->RenameFile(temporary, MarkerFile(path));
  std::unique_ptr<rocksdb::Directory> directory;
  if (status.ok()) status = env->NewDirectory(path, &directory);
  if (status.ok()) status = directory->Fsync();
  return TranslateStatus(status, path, "creating");
}

Result<std::unique_ptr<Store>> StoreImpl::Open(const std::string& path,
                                               const StoreOptions& options) {
  rocksdb::Env* env = options.env != nullptr ? options.env : rocksdb::Env::Default();
  bool is_directory = false;
  const rocksdb::Status found = env->FileExists(path);
  if (found.ok()) {
    // An environment that cannot tell says so with an error.
    const rocksdb::Status asked = env->IsDirectory(path, &is_directory);
    if (asked.ok() && !is_directory) return NotAStore(path, "it is a file");
  } else if (!found.IsNotFound()) {
    return TranslateStatus(found, path, "opening");
  }

  bool has_marker = found.ok() && env->FileExists(MarkerFile(path)).ok();
  const bool may_create = options.create_if_missing && !options.read_only;
  if (!has_marker) {
    if (found.ok()) {
      std::vector<std::string> files;
      const rocksdb::Status listed = env->GetChildren(path, &files);
      if (!listed.ok()) return TranslateStatus(listed, path, "opening");
      // Left by a creation that was interrupted before the marker was there.
      files.erase(std::remove_if(files.begin(), files.end(),
                                 [](const std::string& file) {
                                   return file == "." || file == ".." || file == "LOCK" ||
                                          file == "GESTA.new";
                                 }),
                  files.end());
      if (!files.empty()) return NotAStore(path, "it holds other files");
    }
    if (!may_create) {
      return found.ok() ? NotAStore(path, "the directory is empty")
                        : Status(StatusCode::kNotFound, "there is no store at '" + path + "'");
    }
    if (!found.ok()) {
      const rocksdb::Status made = env->CreateDirIfMissing(path);
      if (!made.ok()) return TranslateStatus(made, path, "creating");
    }
  }

  std::unique_ptr<StoreImpl> store(new StoreImpl(path, options));
  if (options.env == nullptr) {
    GESTA_ASSIGN_OR_RETURN(store->lock_,
                           LockFile::Acquire(path + "/LOCK", path, options.read_only));
  }
  if (!has_marker) GESTA_RETURN_IF_ERROR(WriteMarker(env, path));
  GESTA_ASSIGN_OR_RETURN(const uint32_t format, CheckMarker(env, path));
  bool created = false;
  GESTA_RETURN_IF_ERROR(CheckDatabaseFiles(env, path, &created));
  if (!created && options.read_only) {
    return Status(StatusCode::kNotAStore, "the store at '" + path + "' was never completed",
                  "open it once for writing");
  }
  StoreOptions database_options = options;
  database_options.create_if_missing = !created;
  GESTA_ASSIGN_OR_RETURN(std::shared_ptr<Database> database,
                         store->OpenDatabase(database_options, std::nullopt));
  GESTA_ASSIGN_OR_RETURN(store->version_, store->LoadCatalog(database));
  store->database_ = std::move(database);
  // Opening has added what the format of this version has more.
  if (format < kFormatVersion && !options.read_only) {
    GESTA_RETURN_IF_ERROR(WriteMarker(env, path));
  }
  return std::unique_ptr<Store>(std::move(store));
}

Result<std::shared_ptr<Database>> StoreImpl::OpenDatabase(const StoreOptions& options,
                                                          std::optional<uint64_t> last_sequence) {
  rocksdb::Env* env = options.env != nullptr ? options.env : rocksdb::Env::Default();
  auto database = Database::Open(DatabaseDirectory(path_), path_, options, last_sequence);
  if (!database.ok() && !options.read_only && database.status().code() == StatusCode::kCorruption) {
    GESTA_ASSIGN_OR_RETURN(const bool undone, UndoTakeover(env, path_));
    if (undone) {
      database = Database::Open(DatabaseDirectory(path_), path_, options, last_sequence);
    }
  }
  if (database.ok() && !options.read_only) {
    GESTA_RETURN_IF_ERROR(RemoveUnfinishedLoad(env, path_));
  }
  if (!database.ok()) return database.status();
  return std::shared_ptr<Database>(std::move(database).value());
}

Result<std::shared_ptr<const Version>> StoreImpl::LoadCatalog(std::shared_ptr<Database> database) {
  auto schema = std::make_shared<catalog::Schema>();
  auto statistics = std::make_shared<Statistics>();
  catalog::Counters counters;
  std::vector<uint32_t> dropped;
  std::set<uint32_t> logged;
  bool ends_kept = false;
  ReadView view(database.get(), nullptr);
  Scan scan(&view, Family::kCatalog);
  auto count = [](std::vector<uint64_t>* counts, uint32_t id, uint64_t n) {
    if (id >= counts->size()) counts->resize(id + 1);
    (*counts)[id] = n;
  };
  bool ok = true;
  for (scan.Seek("", ""); scan.Valid() && ok; scan.Next()) {
    const std::string_view key = scan.key();
    const std::string_view value = scan.value();
    ByteReader reader(value);
    ByteReader at(key);
    switch (at.Byte()) {
      case 'c':
        ok = catalog::DecodeCounters(value, &counters);
        break;
      case 'n': {
        const uint8_t kind = at.Byte();
        const uint32_t id = at.U32();
        ok = at.ok() && kind <= static_cast<uint8_t>(NameKind::kProperty);
        // Names come in id order, without gaps.
        if (ok) ok = schema->names(static_cast<NameKind>(kind)).Add(value) == id;
        break;
      }
      case 'i': {
        IndexInfo info;
        info.id = at.U32();
        ok = at.ok() && catalog::DecodeIndex(value, &info);
        if (ok) schema->AddIndex(std::move(info));
        break;
      }
      case 'v': {
        SpaceInfo info;
        info.id = at.U32();
        ok = at.ok() && catalog::DecodeSpace(value, &info);
        if (ok) schema->AddSpace(std::move(info));
        break;
      }
      case 'p':
        logged.insert(at.U32());
        ok = at.ok();
        break;
      case 'k': {
        ConstraintInfo info;
        info.name = std::string(at.rest());
        ok = catalog::DecodeConstraint(value, &info);
        if (ok) schema->AddConstraint(std::move(info));
        break;
      }
      case 's': {
        const uint8_t what = at.Byte();
        const uint32_t id = at.U32();
        const uint64_t n = reader.Varint();
        ok = at.ok() && reader.ok();
        if (!ok) break;
        if (what == 'e') {  // in key order
          const uint32_t label = at.U32();
          statistics->end_counts.push_back({id, label, n, reader.Varint()});
          ok = at.ok() && reader.ok();
        }
        if (what == 'l') count(&statistics->label_nodes, id, n);
        if (what == 'v') statistics->space_vectors[id] = n;
        if (what == 'q') statistics->space_sequences[id] = n;
        if (what == 't') count(&statistics->type_relationships, id, n);
        if (what == 'i') {
          statistics->index_entries[id] = n;
          statistics->index_distinct[id] = reader.Varint();
          ok = reader.ok();
        }
        break;
      }
      case 'e':
        ends_kept = true;
        break;
      case 'g':
        dropped.push_back(at.U32());
        ok = at.ok();
        break;
      default:
        ok = false;
    }
  }
  GESTA_RETURN_IF_ERROR(scan.status());
  if (!ok) {
    return Status(StatusCode::kCorruption, "the catalog of the store at '" + path_ + "' is damaged",
                  "restore a backup with 'gesta restore'");
  }
  statistics->nodes = counters.nodes;
  statistics->relationships = counters.relationships;
  statistics->counts_ends = ends_kept || counters.relationships == 0;
  schema->next_index = counters.next_index;
  schema->epoch = NewEpoch();
  next_node_ = counters.next_node;
  next_rel_ = counters.next_rel;
  if (!dropped.empty() && !options_.read_only) {
    GESTA_RETURN_IF_ERROR(RemoveDroppedIndexes(database.get(), dropped));
  }
  vector_indexes_.SetLogged(std::move(logged));
  background_errors_ = database->BackgroundErrors();
  graph_cache_.Clear(counters.commit);
  return std::shared_ptr<const Version>(std::make_shared<const Version>(
      std::move(database), counters.commit, std::move(schema), std::move(statistics)));
}

StoreImpl::~StoreImpl() {
  vector_indexes_.Close();
  // What failed must not come back with the next open. If this fails too, it may.
  if (!failed_.ok() && !options_.read_only) failed_ = Recover();
  if (database_ && !options_.read_only && failed_.ok()) {
    // What is not flushed the next open replays: cheap for little. Small logs of many short
    // sessions must not pile up either.
    constexpr uint64_t kCheapToReplay = 512 << 10;
    constexpr size_t kFewFiles = 8;
    const Database::LogSize logs = database_->Logs();
    if (logs.bytes > kCheapToReplay || logs.files > kFewFiles) {
      // A flush that fails loses nothing: the log is still there.
      [[maybe_unused]] const Status status = database_->Flush();
    }
  }
  version_.reset();
  database_.reset();
}

}  // namespace store
}  // namespace gesta

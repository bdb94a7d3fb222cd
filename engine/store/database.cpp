#include "store/database.h"

#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <charconv>

namespace gesta::store {
namespace {

// Ends the replay of a log before the first record above a sequence number.
class LogEnd final : public rocksdb::WalFilter {
 public:
  explicit LogEnd(uint64_t last_sequence) : last_sequence_(last_sequence) {}
  const char* Name() const override { return "LogEnd"; }
  WalProcessingOption LogRecord(const rocksdb::WriteBatch& batch, rocksdb::WriteBatch*,
                                bool*) const override {
    // A batch starts with its first sequence number, little-endian.
    const std::string& bytes = batch.Data();
    uint64_t sequence = 0;
    for (int i = 7; i >= 0; --i) sequence = sequence << 8 | static_cast<uint8_t>(bytes[i]);
    return sequence > last_sequence_ ? WalProcessingOption::kStopReplay
                                     : WalProcessingOption::kContinueProcessing;
  }

 private:
  const uint64_t last_sequence_;
};

rocksdb::DBOptions MakeDbOptions(const StoreOptions& options) {
  rocksdb::DBOptions db;
  db.create_if_missing = options.create_if_missing && !options.read_only;
  db.create_missing_column_families = !options.read_only;
  if (options.env != nullptr) db.env = options.env;
  db.info_log_level = rocksdb::InfoLogLevel::ERROR_LEVEL;
  db.keep_log_file_num = 2;
  // Opening: no thread is started for a handful of files; replayed logs stay in memory instead of
  // becoming table files, and tables are not read for statistics. The store flushes on close.
  db.max_file_opening_threads = 1;
  db.avoid_flush_during_recovery = true;
  db.skip_stats_update_on_db_open = true;
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  // Bounds the log that a crash leaves to replay: about half a second.
  db.max_total_wal_size = 64ull << 20;
  // A torn last record is a commit that was never acknowledged.
  db.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  // One commit at a time.
  db.allow_concurrent_memtable_write = false;
  db.max_background_jobs = 2;
  return db;
}

rocksdb::ColumnFamilyOptions MakeFamilyOptions(Family family,
                                               const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions options;
  options.compression = rocksdb::kLZ4Compression;
  options.bottommost_compression = rocksdb::kZSTD;
  options.level_compaction_dynamic_level_bytes = true;
  options.write_buffer_size = 32ull << 20;
  options.max_write_buffer_number = 4;  // a large commit goes on while a table is being written

  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.block_size = 8 << 10;
  table.format_version = 5;
  // Debian's library has CRC32C without the processor's instruction: 0.6 GB/s.
  table.checksum = rocksdb::kXXH3;
  if (family == Family::kVector || family == Family::kSequence) {
    // Numbers of models hardly compress.
    options.compression = rocksdb::kNoCompression;
    options.bottommost_compression = rocksdb::kNoCompression;
  }
  const bool read_by_key = family == Family::kNode || family == Family::kRel ||
                           family == Family::kIndex || family == Family::kVector;
  // Ids that are asked for are there; values of indexed properties, vectors and sequences may not
  // be.
  if (family == Family::kIndex || family == Family::kVector || family == Family::kSequence) {
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  }
  if (read_by_key) {
    table.block_size = 4 << 10;
    table.data_block_index_type = rocksdb::BlockBasedTableOptions::kDataBlockBinaryAndHash;
  }
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

// The families in which the tables of bulk loads overlap: many relationships end at the same nodes.
constexpr Family kMergedLate[] = {Family::kOut, Family::kIn};

// The write-ahead logs in a directory that have something in them.
std::vector<std::string> FindLogs(rocksdb::Env* env, const std::string& directory) {
  std::vector<rocksdb::Env::FileAttributes> files;
  // What is wrong with the directory, opening it tells better.
  env->GetChildrenFileAttributes(directory, &files).PermitUncheckedError();
  std::vector<std::string> logs;
  for (const auto& file : files) {
    constexpr std::string_view kSuffix = ".log";
    const std::string_view name = file.name;
    const bool is_log =
        name.size() > kSuffix.size() && name.substr(name.size() - kSuffix.size()) == kSuffix;
    if (is_log && file.size_bytes > 0) logs.push_back(directory + "/" + file.name);
  }
  return logs;
}

rocksdb::Status SyncFile(rocksdb::Env* env, const std::string& file) {
  rocksdb::EnvOptions options;
  options.use_mmap_writes = false;
  std::unique_ptr<rocksdb::WritableFile> writable;
  rocksdb::Status status = env->ReopenWritableFile(file, &writable, options);
  if (status.ok()) status = writable->Sync();
  if (status.ok()) status = writable->Close();
  return status;
}

}  // namespace

Status TranslateStatus(const rocksdb::Status& status, const std::string& store_path,
                       std::string_view doing) {
  if (status.ok()) return Status::Ok();
  const std::string text =
      std::string(doing) + " the store at '" + store_path + "' failed: " + status.ToString();
  if (status.IsCorruption()) {
    return Status(StatusCode::kCorruption, text,
                  "run 'gesta check' on it, or restore a backup with 'gesta restore'");
  }
  if (status.IsNoSpace()) {
    return Status(StatusCode::kIo, text, "free some disk space, then try again");
  }
  if (status.IsIOError()) {
    return Status(StatusCode::kIo, text,
                  "see to the disk (the system's log says more), then try again");
  }
  return Status(StatusCode::kInternal, text);
}

Status Database::Translate(const rocksdb::Status& status, std::string_view doing) const {
  return TranslateStatus(status, store_path_, doing);
}

Result<std::unique_ptr<Database>> Database::Open(const std::string& directory,
                                                 const std::string& store_path,
                                                 const StoreOptions& options,
                                                 std::optional<uint64_t> last_sequence) {
  const auto cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (size_t i = 0; i < kFamilyCount; ++i) {
    const auto family = static_cast<Family>(i);
    families.emplace_back(std::string(FamilyName(family)), MakeFamilyOptions(family, cache));
  }
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* raw = nullptr;
  rocksdb::DBOptions db_options = MakeDbOptions(options);
  std::unique_ptr<Database> database(new Database(store_path));
  if (last_sequence) {
    database->log_end_ = std::make_unique<LogEnd>(*last_sequence);
    db_options.wal_filter = database->log_end_.get();
    // Table files instead of the log, or the next open would find its end again.
    db_options.avoid_flush_during_recovery = false;
  }
  if (!options.read_only) database->earlier_logs_ = FindLogs(db_options.env, directory);
  rocksdb::Status status =
      options.read_only
          ? rocksdb::DB::OpenForReadOnly(db_options, directory, families, &handles, &raw)
          : rocksdb::DB::Open(db_options, directory, families, &handles, &raw);
  for (const size_t earlier : {kFamilyCountFormat2, kFamilyCountFormat1}) {
    // A store of an earlier format, perhaps: its counts say that there is nothing in the families
    // that it lacks, so nobody asks for them.
    if (!options.read_only || !status.IsInvalidArgument()) break;
    families.resize(earlier, families.front());
    status = rocksdb::DB::OpenForReadOnly(db_options, directory, families, &handles, &raw);
  }
  if (!status.ok()) {
    if (status.IsIOError() && status.ToString().find("lock") != std::string::npos) {
      return Status(StatusCode::kLocked,
                    "the store at '" + store_path + "' is open elsewhere: " + status.ToString());
    }
    // Families that are missing, or that this version does not know.
    if (status.IsInvalidArgument()) {
      return Status(StatusCode::kCorruption,
                    "the store at '" + store_path + "' is incomplete: " + status.ToString());
    }
    return TranslateStatus(status, store_path, "opening");
  }
  database->db_.reset(raw);
  std::copy(handles.begin(), handles.end(), database->handles_.begin());
  return database;
}

Database::~Database() {
  for (rocksdb::ColumnFamilyHandle* handle : handles_) {
    if (handle != nullptr) db_->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  }
}

Status Database::SyncEarlierLogs() {
  std::lock_guard<std::mutex> lock(earlier_logs_mutex_);
  if (earlier_logs_.empty()) return Status::Ok();
  rocksdb::Env* env = db_->GetEnv();
  rocksdb::Status status;
  for (const std::string& log : earlier_logs_) {
    // Recovery removes logs whose content it has written to tables.
    if (status.ok() && env->FileExists(log).ok()) status = SyncFile(env, log);
  }
  std::unique_ptr<rocksdb::Directory> directory;
  if (status.ok()) status = env->NewDirectory(db_->GetName(), &directory);
  if (status.ok()) status = directory->Fsync();
  if (status.ok()) earlier_logs_.clear();
  return Translate(status, "writing to");
}

Status Database::Flush() {
  GESTA_RETURN_IF_ERROR(SyncEarlierLogs());
  rocksdb::FlushOptions options;
  options.wait = true;
  return Translate(db_->Flush(options, {handles_.begin(), handles_.end()}), "flushing");
}

Status Database::MergeInBackground(bool does) {
  for (const Family family : kMergedLate) {
    GESTA_RETURN_IF_ERROR(Translate(
        db_->SetOptions(handle(family), {{"disable_auto_compactions", does ? "false" : "true"}}),
        "configuring"));
  }
  return Status::Ok();
}

Status Database::MergeNow() {
  rocksdb::CompactRangeOptions options;
  options.max_subcompactions = 2;
  options.exclusive_manual_compaction = false;
  for (const Family family : kMergedLate) {
    uint64_t overlapping = 0;
    std::string property;
    if (db_->GetProperty(handle(family), "rocksdb.num-files-at-level0", &property)) {
      std::from_chars(property.data(), property.data() + property.size(), overlapping);
    }
    if (overlapping == 0) continue;
    GESTA_RETURN_IF_ERROR(Translate(db_->CompactRange(options, handle(family), nullptr, nullptr),
                                    "merging tables of"));
  }
  return Status::Ok();
}

Result<bool> Database::HasKeys(Family family, const Key& begin, const Key& end) {
  const std::unique_ptr<rocksdb::Iterator> key(db_->NewIterator({}, handle(family)));
  key->Seek(std::string_view(begin));
  if (!key->Valid()) {
    GESTA_RETURN_IF_ERROR(Translate(key->status(), "reading"));
    return false;
  }
  return key->key().compare(std::string_view(end)) < 0;
}

Status Database::DeleteKeys(Family family, const Key& begin, const Key& end,
                            rocksdb::WriteBatch* batch) {
  const std::string_view below = end;
  const rocksdb::Slice bound(below.data(), below.size());
  rocksdb::ReadOptions options;
  options.iterate_upper_bound = &bound;
  const std::unique_ptr<rocksdb::Iterator> key(db_->NewIterator(options, handle(family)));
  rocksdb::Status status;
  for (key->Seek(std::string_view(begin)); status.ok() && key->Valid(); key->Next()) {
    status = batch->Delete(handle(family), key->key());
  }
  if (status.ok()) status = key->status();
  return Translate(status, "reading");
}

uint64_t Database::BackgroundErrors() {
  uint64_t errors = 0;
  db_->GetIntProperty(rocksdb::DB::Properties::kBackgroundErrors, &errors);
  return errors;
}

Database::LogSize Database::Logs() {
  LogSize size;
  rocksdb::VectorLogPtr files;
  if (!db_->GetSortedWalFiles(files).ok()) return size;
  size.files = files.size();
  for (const auto& file : files) size.bytes += file->SizeFileBytes();
  return size;
}

}  // namespace gesta::store

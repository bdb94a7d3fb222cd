#include "store/table_set.h"

#include <rocksdb/env.h>

#include <charconv>

namespace gesta::store {
namespace {

// As large as the tables that compactions make.
constexpr uint64_t kMaxTableBytes = 64ull << 20;

// "MANIFEST-000005 1300": the manifest in use and its length before a takeover.
std::string NoteFile(const std::string& store_path) { return LoadDirectory(store_path) + "/note"; }

std::string DatabaseFile(const std::string& store_path, const std::string& name) {
  return store_path + "/db/" + name;
}

Result<std::string> CurrentManifest(rocksdb::Env* env, const std::string& store_path) {
  std::string name;
  GESTA_RETURN_IF_ERROR(
      TranslateStatus(rocksdb::ReadFileToString(env, DatabaseFile(store_path, "CURRENT"), &name),
                      store_path, "reading"));
  if (!name.empty() && name.back() == '\n') name.pop_back();
  return name;
}

rocksdb::Slice ToSlice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

}  // namespace

std::string LoadDirectory(const std::string& store_path) { return store_path + "/load"; }

Status RemoveUnfinishedLoad(rocksdb::Env* env, const std::string& store_path) {
  const std::string directory = LoadDirectory(store_path);
  if (!env->FileExists(directory).ok()) return Status::Ok();
  std::vector<std::string> files;
  rocksdb::Status status = env->GetChildren(directory, &files);
  for (const std::string& file : files) {
    if (file == "." || file == "..") continue;
    if (status.ok()) status = env->DeleteFile(directory + "/" + file);
  }
  if (status.ok()) status = env->DeleteDir(directory);
  return TranslateStatus(status, store_path, "removing an unfinished load from");
}

Result<bool> UndoTakeover(rocksdb::Env* env, const std::string& store_path) {
  std::string note;
  if (!rocksdb::ReadFileToString(env, NoteFile(store_path), &note).ok()) return false;
  const size_t space = note.find(' ');
  size_t length = 0;
  if (space == std::string::npos ||
      std::from_chars(note.data() + space + 1, note.data() + note.size(), length).ec !=
          std::errc() ||
      note.back() != ' ') {
    return false;  // torn: the takeover had not begun
  }
  const std::string name = note.substr(0, space);
  GESTA_ASSIGN_OR_RETURN(const std::string current, CurrentManifest(env, store_path));
  if (name != current) return false;
  const std::string manifest = DatabaseFile(store_path, name);
  const std::string shortened = manifest + ".new";
  std::string bytes;
  rocksdb::Status status = rocksdb::ReadFileToString(env, manifest, &bytes);
  if (status.ok() && bytes.size() <= length) return false;
  if (status.ok()) {
    bytes.resize(length);
    status = rocksdb::WriteStringToFile(env, bytes, shortened, /*should_sync=*/true);
  }
  if (status.ok()) status = env->RenameFile(shortened, manifest);
  std::unique_ptr<rocksdb::Directory> directory;
  if (status.ok()) status = env->NewDirectory(DatabaseFile(store_path, ""), &directory);
  if (status.ok()) status = directory->Fsync();
  GESTA_RETURN_IF_ERROR(TranslateStatus(status, store_path, "undoing a failed load of"));
  return true;
}

Result<std::unique_ptr<TableSet>> TableSet::Make(std::shared_ptr<Database> database, Place place) {
  std::unique_ptr<TableSet> tables(new TableSet(std::move(database), place));
  const std::string& store_path = tables->database_->store_path();
  rocksdb::Env* env = tables->database_->db()->GetEnv();
  GESTA_RETURN_IF_ERROR(RemoveUnfinishedLoad(env, store_path));
  GESTA_RETURN_IF_ERROR(tables->Translate(env->CreateDir(LoadDirectory(store_path))));
  tables->directory_ = LoadDirectory(store_path);
  return tables;
}

TableSet::~TableSet() {
  for (FamilyFiles& files : families_) files.writer.reset();
  if (directory_.empty() || leave_directory_) return;
  // What stays behind, the next open removes.
  [[maybe_unused]] const Status status =
      RemoveUnfinishedLoad(database_->db()->GetEnv(), database_->store_path());
}

Status TableSet::OpenFile(Family family) {
  FamilyFiles& files = families_[static_cast<size_t>(family)];
  rocksdb::ColumnFamilyHandle* handle = database_->handle(family);
  rocksdb::Options options = database_->db()->GetOptions(handle);
  // The writer compresses as the bottom level says.
  if (place_ == Place::kAnywhere) options.bottommost_compression = options.compression;
  files.writer = std::make_unique<rocksdb::SstFileWriter>(rocksdb::EnvOptions(), options, handle);
  std::string path = directory_ + "/" + std::string(FamilyName(family)) + "-" +
                     std::to_string(files.paths.size()) + ".sst";
  GESTA_RETURN_IF_ERROR(Translate(files.writer->Open(path)));
  files.paths.push_back(std::move(path));
  files.keys = 0;
  return Status::Ok();
}

Status TableSet::Add(Family family, std::string_view key, std::string_view value) {
  FamilyFiles& files = families_[static_cast<size_t>(family)];
  if (!files.writer) GESTA_RETURN_IF_ERROR(OpenFile(family));
  const rocksdb::Status status = files.writer->Put(ToSlice(key), ToSlice(value));
  if (!status.ok()) return Translate(status);
  // The writer takes a while to say how large its file is.
  constexpr uint64_t kKeysBetweenLooks = 256;
  if (++files.keys % kKeysBetweenLooks != 0) return Status::Ok();
  return files.writer->FileSize() < kMaxTableBytes ? Status::Ok() : EndRun(family);
}

Status TableSet::EndRun(Family family) {
  FamilyFiles& files = families_[static_cast<size_t>(family)];
  if (!files.writer) return Status::Ok();
  const rocksdb::Status status = files.writer->Finish();  // synced
  files.writer.reset();
  return Translate(status);
}

Status TableSet::AddWrites(Family family, WriteSet* writes) {
  if (!writes->dirty(family)) return Status::Ok();
  const std::unique_ptr<rocksdb::WBWIIterator> entry(
      writes->batch()->NewIterator(database_->handle(family)));
  for (entry->SeekToFirst(); entry->Valid(); entry->Next()) {
    FamilyFiles& files = families_[static_cast<size_t>(family)];
    if (!files.writer) GESTA_RETURN_IF_ERROR(OpenFile(family));
    const rocksdb::WriteEntry write = entry->Entry();
    GESTA_RETURN_IF_ERROR(Translate(write.type == rocksdb::kPutRecord
                                        ? files.writer->Put(write.key, write.value)
                                        : files.writer->Delete(write.key)));
  }
  return Translate(entry->status());
}

Status TableSet::Ingest(WriteSet* writes) {
  for (const Family family : {Family::kCatalog, Family::kJob}) {
    GESTA_RETURN_IF_ERROR(AddWrites(family, writes));
  }
  std::vector<rocksdb::IngestExternalFileArg> arguments;
  for (size_t i = 0; i < kFamilyCount; ++i) {
    const auto family = static_cast<Family>(i);
    GESTA_RETURN_IF_ERROR(EndRun(family));
    if (families_[i].paths.empty()) continue;
    rocksdb::IngestExternalFileArg& argument = arguments.emplace_back();
    argument.column_family = database_->handle(family);
    argument.external_files = families_[i].paths;
    argument.options.move_files = true;
    argument.options.write_global_seqno = false;  // it is kept in RocksDB's manifest
  }
  // The tables build upon commits that may only be in the log. Nothing else may write to the
  // manifest once its length is noted: memory tables are empty, and background work waits.
  rocksdb::DB* db = database_->db();
  GESTA_RETURN_IF_ERROR(Translate(db->FlushWAL(/*sync=*/true)));
  GESTA_RETURN_IF_ERROR(database_->Flush());
  GESTA_RETURN_IF_ERROR(Translate(db->PauseBackgroundWork()));
  Status status = NoteManifest();
  if (status.ok()) {
    status = Translate(db->IngestExternalFiles(arguments));
    leave_directory_ = !status.ok();
  }
  const Status continued = Translate(db->ContinueBackgroundWork());
  return status.ok() ? continued : status;
}

// Durable, the directory too: the note is needed most when little else worked.
Status TableSet::NoteManifest() {
  const std::string& store_path = database_->store_path();
  rocksdb::Env* env = database_->db()->GetEnv();
  GESTA_ASSIGN_OR_RETURN(const std::string manifest, CurrentManifest(env, store_path));
  uint64_t length = 0;
  rocksdb::Status status = env->GetFileSize(DatabaseFile(store_path, manifest), &length);
  if (status.ok()) {
    status = rocksdb::WriteStringToFile(env, manifest + " " + std::to_string(length) + " ",
                                        NoteFile(store_path), /*should_sync=*/true);
  }
  for (const std::string& folder : {directory_, store_path}) {
    std::unique_ptr<rocksdb::Directory> directory;
    if (status.ok()) status = env->NewDirectory(folder, &directory);
    if (status.ok()) status = directory->Fsync();
  }
  return Translate(status);
}

}  // namespace gesta::store

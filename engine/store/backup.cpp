// Backup and restore. A backup is a store of its own: a checkpoint of the database (hard links
// where the file system allows them) with its marker, which `restore` copies.
#include <rocksdb/env.h>
#include <rocksdb/utilities/checkpoint.h>

#include <filesystem>

#include "store/index_file.h"
#include "store/store_impl.h"

namespace gesta {
namespace store {
namespace {

namespace fs = std::filesystem;

Status MustNotExist(rocksdb::Env* env, const std::string& path) {
  if (env->FileExists(path).IsNotFound()) return Status::Ok();
  return Status(StatusCode::kAlreadyExists, "'" + path + "' exists already",
                "give a path that does not exist");
}

Status FromErrorCode(const std::error_code& error, const std::string& doing) {
  if (!error) return Status::Ok();
  return Status(StatusCode::kIo, doing + ": " + error.message());
}

Status SyncFile(rocksdb::Env* env, const std::string& file) {
  std::unique_ptr<rocksdb::WritableFile> writable;
  rocksdb::Status status = env->ReopenWritableFile(file, &writable, rocksdb::EnvOptions());
  if (status.ok()) status = writable->Sync();
  return TranslateStatus(status, file, "copying to");
}

Status SyncDirectory(rocksdb::Env* env, const std::string& path) {
  std::unique_ptr<rocksdb::Directory> directory;
  rocksdb::Status status = env->NewDirectory(path, &directory);
  if (status.ok()) status = directory->Fsync();
  return TranslateStatus(status, path, "copying to");
}

std::string ParentOf(const std::string& path) {
  const std::string parent = fs::path(path).lexically_normal().parent_path().string();
  return parent.empty() ? "." : parent;
}

// Copies the files of one directory and waits for the disk.
Status CopyFiles(rocksdb::Env* env, const std::string& from, const std::string& to) {
  std::error_code error;
  fs::create_directory(to, error);
  GESTA_RETURN_IF_ERROR(FromErrorCode(error, "cannot create '" + to + "'"));
  for (fs::directory_iterator at(from, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (!at->is_regular_file() || name == "LOCK") continue;
    fs::copy_file(at->path(), to + "/" + name, error);
    GESTA_RETURN_IF_ERROR(FromErrorCode(error, "cannot copy '" + at->path().string() + "'"));
    GESTA_RETURN_IF_ERROR(SyncFile(env, to + "/" + name));
  }
  GESTA_RETURN_IF_ERROR(FromErrorCode(error, "cannot list '" + from + "'"));
  return SyncDirectory(env, to);
}

// Links the saved indexes of vectors, or copies them. A store without them is whole, too.
Status CopyIndexFiles(rocksdb::Env* env, const catalog::Schema& schema, const std::string& from,
                      const std::string& to) {
  for (const SpaceInfo& space : schema.spaces()) {
    const std::string file = IndexFile(from, space.id);
    if (!env->FileExists(file).ok()) continue;
    rocksdb::Status status = env->CreateDirIfMissing(IndexDirectory(to));
    const std::string copy = IndexFile(to, space.id);
    if (status.ok()) {
      status = env->LinkFile(file, copy);
      if (!status.ok()) {
        std::string bytes;
        status = rocksdb::ReadFileToString(env, file, &bytes);
        if (status.ok())
          status = rocksdb::WriteStringToFile(env, bytes, copy, /*should_sync=*/true);
      }
    }
    GESTA_RETURN_IF_ERROR(TranslateStatus(status, from, "backing up"));
    GESTA_RETURN_IF_ERROR(SyncDirectory(env, IndexDirectory(to)));
  }
  return Status::Ok();
}

}  // namespace

Status StoreImpl::Backup(const std::string& path) {
  GESTA_ASSIGN_OR_RETURN(const std::shared_ptr<const Version> version, Current());
  GESTA_RETURN_IF_ERROR(version->database->SyncEarlierLogs());
  rocksdb::Env* env = version->database->db()->GetEnv();
  GESTA_RETURN_IF_ERROR(MustNotExist(env, path));
  // Complete before it has its name.
  const std::string partial = path + ".partial";
  GESTA_RETURN_IF_ERROR(MustNotExist(env, partial));
  auto abandon = [&](Status status) {
    if (options_.env == nullptr) {
      std::error_code ignored;
      fs::remove_all(partial, ignored);
    }
    return status;
  };
  rocksdb::Status status = env->CreateDir(partial);
  if (!status.ok())
    return TranslateStatus(status, path, "creating the backup of '" + path_ + "' as");
  // Before the database: an index that is older than it is of use, a newer one is not.
  const Status indexes = CopyIndexFiles(env, *version->schema, path_, partial);
  if (!indexes.ok()) return abandon(indexes);
  std::unique_ptr<rocksdb::Checkpoint> checkpoint;
  {
    rocksdb::Checkpoint* raw = nullptr;
    status = rocksdb::Checkpoint::Create(version->database->db(), &raw);
    checkpoint.reset(raw);
  }
  // A small log is copied instead of being flushed first: a backup that finds the disk full then
  // does no harm to the store.
  constexpr uint64_t kSmallLog = 1 << 20;
  if (status.ok()) status = checkpoint->CreateCheckpoint(partial + "/db", kSmallLog);
  if (!status.ok()) return abandon(version->database->Translate(status, "backing up"));
  const Status marked = WriteMarker(env, partial);
  if (!marked.ok()) return abandon(marked);
  status = env->RenameFile(partial, path);
  if (!status.ok()) return abandon(TranslateStatus(status, path, "creating"));
  return SyncDirectory(env, ParentOf(path));
}

}  // namespace store

Status RestoreStore(const std::string& from, const std::string& to) {
  rocksdb::Env* env = rocksdb::Env::Default();
  GESTA_RETURN_IF_ERROR(store::MustNotExist(env, to));
  StoreOptions options;
  options.create_if_missing = false;
  options.read_only = true;
  const std::string partial = to + ".partial";
  GESTA_RETURN_IF_ERROR(store::MustNotExist(env, partial));
  auto restore = [&]() -> Status {
    // Held open meanwhile, so that nobody writes to it.
    GESTA_ASSIGN_OR_RETURN(const std::unique_ptr<Store> source, Store::Open(from, options));
    GESTA_RETURN_IF_ERROR(store::CopyFiles(env, from, partial));
    GESTA_RETURN_IF_ERROR(store::CopyFiles(env, from + "/db", partial + "/db"));
    if (env->FileExists(store::IndexDirectory(from)).ok()) {
      GESTA_RETURN_IF_ERROR(
          store::CopyFiles(env, store::IndexDirectory(from), store::IndexDirectory(partial)));
    }
    GESTA_RETURN_IF_ERROR(Store::Open(partial, options).status());
    GESTA_RETURN_IF_ERROR(store::TranslateStatus(env->RenameFile(partial, to), to, "creating"));
    return store::SyncDirectory(env, store::ParentOf(to));
  };
  const Status status = restore();
  if (!status.ok()) {
    std::error_code ignored;
    std::filesystem::remove_all(partial, ignored);
  }
  return status;
}

}  // namespace gesta

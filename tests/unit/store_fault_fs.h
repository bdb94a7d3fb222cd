// FaultFileSystem: the machine's file system with a disk that forgets.
//
// It knows what was synced: the bytes of each file at its last sync, and the directory entries
// (creations and renames) at the last sync of their directory. DropUnsynced makes the files on disk
// look as they would after a power failure. It can also fail operations: all from the n-th on, or a
// single one. Not synced deletions stay deleted: they only ever concern files nobody needs.
#ifndef GESTA_TESTS_STORE_FAULT_FS_H_
#define GESTA_TESTS_STORE_FAULT_FS_H_

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace gesta::test {

class FaultFileSystem : public rocksdb::FileSystemWrapper {
 public:
  using IOStatus = rocksdb::IOStatus;
  using IOOptions = rocksdb::IOOptions;
  using Debug = rocksdb::IODebugContext;

  FaultFileSystem() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "FaultFileSystem"; }

  // -- faults --
  // The n-th writing operation from now on (0: the next) fails with `error`; so do all later ones
  // when `persistent`. Writing operations: append, sync, create, rename, link, directory sync; with
  // `only_log_syncs`, syncs of write-ahead logs.
  void FailAt(int n, IOStatus error, bool persistent, bool only_log_syncs = false) {
    std::lock_guard<std::mutex> lock(mutex_);
    countdown_ = n;
    error_ = error;
    persistent_ = persistent;
    only_log_syncs_ = only_log_syncs;
    failed_ = false;
  }
  void StopFailing() {
    std::lock_guard<std::mutex> lock(mutex_);
    countdown_.reset();
  }
  bool failed() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return failed_;
  }

  // What a power failure leaves. `torn` (may be null): keeps a random part of what was appended to
  // each file after its last sync instead of nothing.
  void DropUnsynced(std::mt19937* torn) {
    std::lock_guard<std::mutex> lock(mutex_);
    namespace fs = std::filesystem;
    for (const auto& [file, synced] : synced_) {
      std::error_code error;
      const uint64_t size = fs::file_size(file, error);
      if (error || size <= synced) continue;
      const uint64_t keep = torn == nullptr ? synced : synced + (*torn)() % (size - synced + 1);
      fs::resize_file(file, keep);
    }
    for (auto at = renames_.rbegin(); at != renames_.rend(); ++at) {
      std::error_code ignored;
      fs::rename(at->to, at->from, ignored);
      if (at->replaced) std::ofstream(at->to, std::ios::binary) << *at->replaced;
    }
    for (const std::string& file : created_) {
      std::error_code ignored;
      fs::remove(file, ignored);
    }
    synced_.clear();
    renames_.clear();
    created_.clear();
  }

  // -- FileSystem --
  IOStatus NewWritableFile(const std::string& file, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* result,
                           Debug* debug) override {
    IOStatus status = Step(file, false);
    if (!status.ok()) return status;
    status = target()->NewWritableFile(file, options, result, debug);
    if (!status.ok()) return status;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      created_.insert(file);
      synced_[file] = 0;
    }
    result->reset(new File(this, file, std::move(*result)));
    return status;
  }

  IOStatus ReopenWritableFile(const std::string& file, const rocksdb::FileOptions& options,
                              std::unique_ptr<rocksdb::FSWritableFile>* result,
                              Debug* debug) override {
    IOStatus status = Step(file, false);
    if (!status.ok()) return status;
    status = target()->ReopenWritableFile(file, options, result, debug);
    if (status.ok()) result->reset(new File(this, file, std::move(*result)));
    return status;
  }

  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                      Debug* debug) override {
    IOStatus status = Step(to, false);
    if (!status.ok()) return status;
    Rename rename{from, to, ReadFile(to)};
    status = target()->RenameFile(from, to, options, debug);
    if (!status.ok()) return status;
    std::lock_guard<std::mutex> lock(mutex_);
    if (const auto found = synced_.find(from); found != synced_.end()) {
      synced_[to] = found->second;
      synced_.erase(from);
    }
    renames_.push_back(std::move(rename));
    return status;
  }

  IOStatus LinkFile(const std::string& from, const std::string& to, const IOOptions& options,
                    Debug* debug) override {
    IOStatus status = Step(to, false);
    if (status.ok()) status = target()->LinkFile(from, to, options, debug);
    if (status.ok()) {
      std::lock_guard<std::mutex> lock(mutex_);
      created_.insert(to);
    }
    return status;
  }

  IOStatus DeleteFile(const std::string& file, const IOOptions& options, Debug* debug) override {
    const IOStatus status = target()->DeleteFile(file, options, debug);
    std::lock_guard<std::mutex> lock(mutex_);
    synced_.erase(file);
    created_.erase(file);
    return status;
  }

  IOStatus NewDirectory(const std::string& path, const IOOptions& options,
                        std::unique_ptr<rocksdb::FSDirectory>* result, Debug* debug) override {
    const IOStatus status = target()->NewDirectory(path, options, result, debug);
    if (status.ok()) result->reset(new Directory(this, path, std::move(*result)));
    return status;
  }

 private:
  struct Rename {
    std::string from;
    std::string to;
    std::optional<std::string> replaced;  // what was at `to`
  };

  class File : public rocksdb::FSWritableFileOwnerWrapper {
   public:
    File(FaultFileSystem* system, std::string name, std::unique_ptr<rocksdb::FSWritableFile> file)
        : FSWritableFileOwnerWrapper(std::move(file)), system_(system), name_(std::move(name)) {}

    IOStatus Append(const rocksdb::Slice& data, const IOOptions& options, Debug* debug) override {
      const IOStatus status = system_->Step(name_, false);
      if (status.ok()) return target()->Append(data, options, debug);
      // A full disk takes what fits.
      const rocksdb::Slice part(data.data(), data.size() / 2);
      target()->Append(part, options, debug).PermitUncheckedError();
      return status;
    }
    IOStatus Append(const rocksdb::Slice& data, const IOOptions& options,
                    const rocksdb::DataVerificationInfo&, Debug* debug) override {
      return Append(data, options, debug);
    }
    // Preallocating takes time (in memory-based file systems) and shows nothing.
    void PrepareWrite(size_t, size_t, const IOOptions&, Debug*) override {}
    IOStatus Sync(const IOOptions& options, Debug* debug) override {
      return Synced(options, debug);
    }
    IOStatus Fsync(const IOOptions& options, Debug* debug) override {
      return Synced(options, debug);
    }

   private:
    IOStatus Synced(const IOOptions& options, Debug* debug) {
      IOStatus status = system_->Step(name_, true);
      // The real sync is not waited for: the page cache is this test's disk.
      if (status.ok()) status = target()->Flush(options, debug);
      if (!status.ok()) return status;
      std::error_code error;
      const uint64_t size = std::filesystem::file_size(name_, error);
      std::lock_guard<std::mutex> lock(system_->mutex_);
      if (!error) system_->synced_[name_] = size;
      return status;
    }

    FaultFileSystem* system_;
    std::string name_;
  };

  class Directory : public rocksdb::FSDirectory {
   public:
    Directory(FaultFileSystem* system, std::string path,
              std::unique_ptr<rocksdb::FSDirectory> directory)
        : system_(system), path_(std::move(path)), directory_(std::move(directory)) {}

    IOStatus Fsync(const IOOptions&, Debug*) override {
      const IOStatus status = system_->Step(path_, true);
      if (!status.ok()) return status;
      std::lock_guard<std::mutex> lock(system_->mutex_);
      auto here = [&](const std::string& file) {
        return std::filesystem::path(file).parent_path() == std::filesystem::path(path_);
      };
      for (auto at = system_->created_.begin(); at != system_->created_.end();) {
        at = here(*at) ? system_->created_.erase(at) : std::next(at);
      }
      std::vector<Rename> kept;
      for (Rename& rename : system_->renames_) {
        if (!here(rename.to)) kept.push_back(std::move(rename));
      }
      system_->renames_ = std::move(kept);
      return IOStatus::OK();
    }
    IOStatus Close(const IOOptions& options, Debug* debug) override {
      return directory_->Close(options, debug);
    }

   private:
    FaultFileSystem* system_;
    std::string path_;
    std::unique_ptr<rocksdb::FSDirectory> directory_;
  };

  IOStatus Step(const std::string& file, bool is_sync) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!countdown_) return IOStatus::OK();
    const bool of_log = file.size() > 4 && file.compare(file.size() - 4, 4, ".log") == 0;
    if (only_log_syncs_ && !(is_sync && of_log)) return IOStatus::OK();
    if (*countdown_ > 0) {
      --*countdown_;
      return IOStatus::OK();
    }
    failed_ = true;
    if (!persistent_) countdown_.reset();
    return error_;
  }

  static std::optional<std::string> ReadFile(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return std::nullopt;
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }

  mutable std::mutex mutex_;
  std::optional<int> countdown_;
  IOStatus error_;
  bool persistent_ = false;
  bool only_log_syncs_ = false;
  bool failed_ = false;
  std::map<std::string, uint64_t> synced_;  // bytes known to be on disk
  std::set<std::string> created_;           // whose directory entry may be lost
  std::vector<Rename> renames_;             // that may be undone, in order
};

}  // namespace gesta::test

#endif  // GESTA_TESTS_STORE_FAULT_FS_H_

#include "store/index_file.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "store/database.h"

namespace gesta::store {
namespace {

constexpr size_t kBufferBytes = 1 << 20;

Status Translate(const rocksdb::Status& status, const std::string& file, const char* doing) {
  if (status.ok()) return {};
  return Status(StatusCode::kIo,
                std::string(doing) + " '" + file + "' failed: " + status.ToString());
}

class FileSink final : public vector::ByteSink {
 public:
  FileSink(std::unique_ptr<rocksdb::WritableFile> file, std::string name)
      : file_(std::move(file)), name_(std::move(name)) {
    buffer_.reserve(kBufferBytes);
  }
  Status Write(const char* bytes, size_t n) override {
    if (buffer_.size() + n > kBufferBytes) GESTA_RETURN_IF_ERROR(Drain());
    if (n >= kBufferBytes) {
      return Translate(file_->Append(rocksdb::Slice(bytes, n)), name_, "writing");
    }
    buffer_.append(bytes, n);
    return {};
  }
  // Waits for the disk.
  Status Finish() {
    GESTA_RETURN_IF_ERROR(Drain());
    rocksdb::Status status = file_->Sync();
    if (status.ok()) status = file_->Close();
    return Translate(status, name_, "writing");
  }

 private:
  Status Drain() {
    const rocksdb::Status status = file_->Append(buffer_);
    buffer_.clear();
    return Translate(status, name_, "writing");
  }

  std::unique_ptr<rocksdb::WritableFile> file_;
  const std::string name_;
  std::string buffer_;
};

class FileSource final : public vector::ByteSource {
 public:
  FileSource(std::unique_ptr<rocksdb::SequentialFile> file, std::string name, uint64_t bytes)
      : file_(std::move(file)), name_(std::move(name)), left_(bytes), buffer_(kBufferBytes) {}

  Status Read(char* bytes, size_t n) override {
    if (n > left_) {
      return Status(StatusCode::kCorruption, "the file '" + name_ + "' is cut short");
    }
    left_ -= n;
    while (n > 0) {
      if (at_ == end_) GESTA_RETURN_IF_ERROR(Fill());
      const size_t part = std::min(n, end_ - at_);
      std::memcpy(bytes, data_ + at_, part);
      at_ += part;
      bytes += part;
      n -= part;
    }
    return {};
  }
  size_t left() const override { return left_; }

 private:
  Status Fill() {
    rocksdb::Slice read;
    GESTA_RETURN_IF_ERROR(
        Translate(file_->Read(buffer_.size(), &read, buffer_.data()), name_, "reading"));
    if (read.empty()) {
      return Status(StatusCode::kCorruption, "the file '" + name_ + "' is cut short");
    }
    data_ = read.data();
    at_ = 0;
    end_ = read.size();
    return {};
  }

  std::unique_ptr<rocksdb::SequentialFile> file_;
  const std::string name_;
  size_t left_;
  std::vector<char> buffer_;
  const char* data_ = nullptr;  // what was read last: in the buffer, or the file's own memory
  size_t at_ = 0;
  size_t end_ = 0;
};

}  // namespace

std::string IndexDirectory(const std::string& store_path) { return store_path + "/vectors"; }

std::string IndexFile(const std::string& store_path, uint32_t space) {
  return IndexDirectory(store_path) + "/" + std::to_string(space) + ".index";
}

Status WriteIndexFile(rocksdb::Env* env, const std::string& store_path, uint32_t space,
                      const std::function<Status(vector::ByteSink*)>& write,
                      const std::function<Status()>& before_rename) {
  const std::string directory = IndexDirectory(store_path);
  const std::string name = IndexFile(store_path, space);
  const std::string temporary = name + ".new";
  GESTA_RETURN_IF_ERROR(Translate(env->CreateDirIfMissing(directory), directory, "creating"));
  const auto write_file = [&]() -> Status {
    std::unique_ptr<rocksdb::WritableFile> file;
    GESTA_RETURN_IF_ERROR(Translate(env->NewWritableFile(temporary, &file, rocksdb::EnvOptions()),
                                    temporary, "creating"));
    FileSink sink(std::move(file), temporary);
    GESTA_RETURN_IF_ERROR(write(&sink));
    GESTA_RETURN_IF_ERROR(sink.Finish());
    return before_rename();
  };
  Status status = write_file();
  if (status.ok()) status = Translate(env->RenameFile(temporary, name), name, "renaming to");
  if (!status.ok()) {
    env->DeleteFile(temporary).PermitUncheckedError();
    return status;
  }
  for (const std::string& changed : {directory, store_path}) {
    std::unique_ptr<rocksdb::Directory> handle;
    rocksdb::Status synced = env->NewDirectory(changed, &handle);
    if (synced.ok()) synced = handle->Fsync();
    GESTA_RETURN_IF_ERROR(Translate(synced, changed, "writing"));
  }
  return {};
}

Result<std::unique_ptr<vector::ByteSource>> OpenIndexFile(rocksdb::Env* env,
                                                          const std::string& store_path,
                                                          uint32_t space) {
  const std::string name = IndexFile(store_path, space);
  uint64_t bytes = 0;
  if (!env->GetFileSize(name, &bytes).ok()) return std::unique_ptr<vector::ByteSource>();
  std::unique_ptr<rocksdb::SequentialFile> file;
  GESTA_RETURN_IF_ERROR(
      Translate(env->NewSequentialFile(name, &file, rocksdb::EnvOptions()), name, "opening"));
  return std::unique_ptr<vector::ByteSource>(
      std::make_unique<FileSource>(std::move(file), name, bytes));
}

uint64_t IndexFileBytes(rocksdb::Env* env, const std::string& store_path, uint32_t space) {
  uint64_t bytes = 0;
  return env->GetFileSize(IndexFile(store_path, space), &bytes).ok() ? bytes : 0;
}

void RemoveIndexFile(rocksdb::Env* env, const std::string& store_path, uint32_t space) {
  env->DeleteFile(IndexFile(store_path, space)).PermitUncheckedError();
}

}  // namespace gesta::store

// ImportExport: a new store from an export.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <memory>

#include "gesta/export.h"
#include "import/csv_folder_import.h"
#include "import/export_loader.h"
#include "import/json_lines_import.h"
#include "load/reporter.h"

namespace gesta {
namespace ingest {
namespace {

namespace fs = std::filesystem;
Status MustNotExist(const std::string& path) {
  std::error_code error;
  if (!fs::exists(fs::symlink_status(path, error))) return Status::Ok();
  return Status(StatusCode::kAlreadyExists, fmt::format("'{}' exists already", path),
                "an export is imported into a new store: give another path");
}

// Makes a rename in the folder last.
Status SyncFolderOf(const std::string& path) {
  const fs::path parent = fs::absolute(path).parent_path();
  const int fd = ::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = fd >= 0 && ::fsync(fd) == 0;
  if (fd >= 0) ::close(fd);
  if (synced) return Status::Ok();
  return Status(StatusCode::kIo, fmt::format("'{}' cannot be synced", parent.string()));
}

}  // namespace
}  // namespace ingest

Result<ExportSummary> ImportExport(const std::string& from, const std::string& to,
                                   const ImportExportOptions& options) {
  namespace fs = std::filesystem;
  const auto started = std::chrono::steady_clock::now();
  // It is complete before it has its name.
  const std::string partial = to + ".partial";
  GESTA_RETURN_IF_ERROR(ingest::MustNotExist(to));
  GESTA_RETURN_IF_ERROR(ingest::MustNotExist(partial));
  ExportSummary summary;
  const auto import = [&]() -> Status {
    {
      GESTA_ASSIGN_OR_RETURN(const std::unique_ptr<Store> store,
                             Store::Open(partial, StoreOptions()));
      ingest::ExportLoader loader(*store, options);
      ingest::Reporter reporter(options.progress, options.cancel, "the import");
      GESTA_RETURN_IF_ERROR(fs::is_directory(from)
                                ? ingest::ImportCsvFolder(from, &loader, &reporter)
                                : ingest::ImportJsonLines(from, true, &loader, &reporter));
      GESTA_RETURN_IF_ERROR(loader.Finish());
      summary = loader.counts();
    }
    std::error_code error;
    fs::rename(partial, to, error);
    if (error) {
      return Status(StatusCode::kIo, fmt::format("'{}' cannot be made: {}", to, error.message()));
    }
    return ingest::SyncFolderOf(to);
  };
  const Status status = import();
  if (!status.ok()) {
    std::error_code ignored;
    fs::remove_all(partial, ignored);
    return status;
  }
  summary.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return summary;
}

}  // namespace gesta

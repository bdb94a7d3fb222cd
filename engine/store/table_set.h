// TableSet: sorted table files of one bulk load, written beside the database and taken over by it
// all at once.
//
// The files lie in PATH/load until then; what an interrupted load left there is removed when the
// store is opened for writing. Different families may be written by different threads at once.
//
// Being taken over is one record of RocksDB's manifest. When writing it fails, RocksDB removes the
// tables again, although the record may be on the disk; a database with such a record cannot be
// opened. So the manifest's length is noted in PATH/load before, for UndoTakeover.
#ifndef GESTA_STORE_TABLE_SET_H_
#define GESTA_STORE_TABLE_SET_H_

#include <rocksdb/sst_file_writer.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/status.h"
#include "store/database.h"
#include "store/keys.h"
#include "store/read_view.h"

namespace gesta::store {

std::string LoadDirectory(const std::string& store_path);
// Removes what a load that did not end left behind.
Status RemoveUnfinishedLoad(rocksdb::Env* env, const std::string& store_path);

// To be called when the database does not open: takes a failed takeover out of its manifest. False:
// there was none to undo.
Result<bool> UndoTakeover(rocksdb::Env* env, const std::string& store_path);

class TableSet {
 public:
  // Where most of the tables will lie. Tables of the bottom level are compressed harder, which
  // takes a third of a load's time; a compaction does it later for the others.
  enum class Place { kAnywhere, kBottom };

  static Result<std::unique_ptr<TableSet>> Make(std::shared_ptr<Database> database, Place place);
  ~TableSet();  // removes the files that the database has not taken over
  TableSet(const TableSet&) = delete;
  TableSet& operator=(const TableSet&) = delete;

  // Precondition: the key is above the family's last one, or EndRun came between. Keys before and
  // after an EndRun lie in different tables: where those of earlier loads do not overlap with a
  // table, it goes to the bottom level at once.
  Status Add(Family family, std::string_view key, std::string_view value);
  Status EndRun(Family family);

  // Makes the tables and `writes` part of the database, atomically and durably.
  Status Ingest(WriteSet* writes);

 private:
  struct FamilyFiles {
    std::unique_ptr<rocksdb::SstFileWriter> writer;  // of the last file, while it is open
    std::vector<std::string> paths;
    uint64_t keys = 0;  // of the last file
  };

  TableSet(std::shared_ptr<Database> database, Place place)
      : database_(std::move(database)), place_(place) {}
  Status OpenFile(Family family);
  Status AddWrites(Family family, WriteSet* writes);
  Status NoteManifest();
  Status Translate(const rocksdb::Status& status) const {
    return database_->Translate(status, "loading into");
  }

  std::shared_ptr<Database> database_;  // shared with the store, which may have to recover
  const Place place_;
  std::string directory_;
  bool leave_directory_ = false;  // the next open needs it
  std::array<FamilyFiles, kFamilyCount> families_;
};

}  // namespace gesta::store

#endif  // GESTA_STORE_TABLE_SET_H_

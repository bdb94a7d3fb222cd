// Files of saved vector indexes: PATH/vectors/SPACE.index.
//
// A file is written beside and renamed, so that there is always a whole one or none; it is never
// changed in place.
#ifndef GESTA_STORE_INDEX_FILE_H_
#define GESTA_STORE_INDEX_FILE_H_

#include <rocksdb/env.h>

#include <functional>
#include <memory>
#include <string>

#include "gesta/status.h"
#include "vector/byte_stream.h"

namespace gesta::store {

std::string IndexDirectory(const std::string& store_path);
std::string IndexFile(const std::string& store_path, uint32_t space);

// Calls write(sink); the file has its name, durably, only if that succeeds. `before_rename` may
// still refuse then.
Status WriteIndexFile(rocksdb::Env* env, const std::string& store_path, uint32_t space,
                      const std::function<Status(vector::ByteSink*)>& write,
                      const std::function<Status()>& before_rename);

// Null: there is none.
Result<std::unique_ptr<vector::ByteSource>> OpenIndexFile(rocksdb::Env* env,
                                                          const std::string& store_path,
                                                          uint32_t space);

// 0: there is none.
uint64_t IndexFileBytes(rocksdb::Env* env, const std::string& store_path, uint32_t space);
void RemoveIndexFile(rocksdb::Env* env, const std::string& store_path, uint32_t space);

}  // namespace gesta::store

#endif  // GESTA_STORE_INDEX_FILE_H_

// An empty store for each scenario. Opening one costs more than most scenarios do, so a store is
// emptied and used again where it can be shown that nothing of the last scenario is left.
#ifndef GESTA_TESTS_TCK_STORE_SLOT_H_
#define GESTA_TESTS_TCK_STORE_SLOT_H_

#include <functional>
#include <memory>
#include <string>

#include "gesta/database.h"
#include "gesta/status.h"

namespace gesta::tck {

class StoreSlot {
 public:
  // `parent`: a folder for stores; several processes may use the same. `reuse` false: a new store
  // for each scenario.
  StoreSlot(std::string parent, const DatabaseOptions& options, bool reuse)
      : parent_(std::move(parent)), options_(options), reuse_(reuse) {}

  // An open database without nodes, relationships, indexes and constraints.
  Result<Database*> Acquire();
  // Closes and opens the database; its data stay. Connections must be gone.
  Result<Database*> Reopen(const std::function<void(ProcedureRegistry&)>& add_procedures);
  // Ends a scenario. Connections must be gone.
  void Release();

 private:
  Result<Database*> Open(const DatabaseOptions& options);
  void Drop();

  const std::string parent_;
  const DatabaseOptions options_;
  const bool reuse_;
  std::string folder_;
  int number_ = 0;
  std::unique_ptr<Database> database_;
  bool own_procedures_ = false;  // the database has procedures of a scenario
};

}  // namespace gesta::tck

#endif  // GESTA_TESTS_TCK_STORE_SLOT_H_

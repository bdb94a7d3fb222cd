// DatabaseImpl: an open store with the registries and the plan cache that its connections share.
#ifndef GESTA_QUERY_CONNECTION_DATABASE_IMPL_H_
#define GESTA_QUERY_CONNECTION_DATABASE_IMPL_H_

#include <memory>
#include <string>
#include <vector>

#include "align/aligner.h"
#include "connection/compiled.h"
#include "execute/worker_pool.h"
#include "gesta/database.h"

namespace gesta {

class DatabaseImpl : public Database {
 public:
  DatabaseImpl(std::unique_ptr<Store> store, const DatabaseOptions& options);

  std::unique_ptr<Connection> Connect() override;
  const DatabaseOptions& options() const override { return options_; }
  std::vector<std::string> FunctionNames() const override { return functions_.Names(); }
  std::vector<std::string> ProcedureNames() const override;
  std::vector<std::string> AlignerNames() const override { return aligners_.Names(); }
  Store& store() override { return *store_; }

  const FunctionRegistry& functions() const { return functions_; }
  const ProcedureRegistry& procedures() const { return procedures_; }
  const AlignerRegistry& aligners() const { return aligners_; }
  ModelProvider* models() const { return models_.get(); }
  LanguageModels* language_models() const { return language_models_.get(); }
  // For statements that run, which keep models' answers.
  Store* shared_store() const { return store_.get(); }
  PlanCache& plans() { return plans_; }
  WorkerPool& workers() const { return workers_; }
  plan::PropertySamples& samples() { return samples_; }

 private:
  const DatabaseOptions options_;
  std::unique_ptr<Store> store_;
  FunctionRegistry functions_;
  ProcedureRegistry procedures_;
  AlignerRegistry aligners_;
  std::shared_ptr<ModelProvider> models_;            // shared: may be the program's own
  std::shared_ptr<LanguageModels> language_models_;  // likewise
  PlanCache plans_;
  mutable WorkerPool workers_;  // thread-safe, like the rest
  plan::PropertySamples samples_;
};

}  // namespace gesta

#endif  // GESTA_QUERY_CONNECTION_DATABASE_IMPL_H_

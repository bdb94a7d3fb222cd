// gesta model: the models of this machine.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "command.h"
#include "gesta/model_hub.h"
#include "gesta/model_registry.h"
#include "interrupt.h"
#include "print/printer.h"
#include "progress.h"

namespace gesta::shell {
namespace {

// Shared by the subcommands' options and callbacks, which outlive the function that adds them.
struct ModelArguments {
  std::string name;
  std::string folder;
  std::string url;
  std::string remote_name;
  size_t dimension = 0;
  bool replace = false;
  std::string format = "table";
  std::string repository;
  FetchOptions fetch;
};

Status CheckFlag() {
  const std::atomic<bool>* stopped = InterruptScope::Flag();
  if (stopped && *stopped) return Status(StatusCode::kCancelled, "stopped");
  return Status::Ok();
}

void PrintAdded(const RegisteredModel& model) {
  fmt::print("{}: {} ({}{}{}), {} numbers, version {}\n", model.name, model.kind,
             model.texts ? "texts" : "", model.texts && model.images ? ", " : "",
             model.images ? "images" : "", model.dimension, model.version);
}

int RunAdd(const ModelArguments& arguments) {
  const InterruptScope interrupt(nullptr, /*second_ends=*/true);
  const auto registry = ModelRegistry::Open();
  if (!registry.ok()) return Fail(registry.status());
  AddModelOptions options;
  options.replace = arguments.replace;
  options.check_interrupt = CheckFlag;
  if (arguments.folder.empty() == arguments.remote_name.empty()) {
    return Fail(Status(StatusCode::kInvalidArgument,
                       "give either a checkpoint's folder or --remote MODEL --dimension N"));
  }
  const auto model = arguments.remote_name.empty()
                         ? registry->Add(arguments.name, arguments.folder, options)
                         : registry->AddRemote(arguments.name, arguments.url, arguments.remote_name,
                                               arguments.dimension, options);
  if (!model.ok()) return Fail(model.status());
  PrintAdded(*model);
  return kSuccess;
}

int RunList(const ModelArguments& arguments) {
  const auto registry = ModelRegistry::Open();
  if (!registry.ok()) return Fail(registry.status());
  const auto models = registry->List();
  if (!models.ok()) return Fail(models.status());
  PrintOptions options;
  options.mode = *FindOutputMode(arguments.format);
  if (models->empty() && ForPeople(options.mode)) {
    fmt::print("no models are registered; 'gesta model add NAME FOLDER' adds one\n");
    return kSuccess;
  }
  FileSink sink(stdout);
  const std::unique_ptr<Printer> printer = MakePrinter(options, sink);
  printer->Begin({"name", "kind", "dimension", "texts", "images", "version", "from"});
  for (const RegisteredModel& model : *models) {
    printer->Row({Value::String(model.name), Value::String(model.kind),
                  Value::Integer(static_cast<int64_t>(model.dimension)),
                  Value::Boolean(model.texts), Value::Boolean(model.images),
                  Value::String(model.version),
                  Value::String(model.folder.empty() ? model.remote_name : model.folder)});
  }
  printer->End();
  return kSuccess;
}

int RunRemove(const ModelArguments& arguments) {
  const auto registry = ModelRegistry::Open();
  if (!registry.ok()) return Fail(registry.status());
  const Status status = registry->Remove(arguments.name);
  return status.ok() ? kSuccess : Fail(status);
}

int RunVerify(const ModelArguments& arguments) {
  const InterruptScope interrupt(nullptr, /*second_ends=*/true);
  const auto registry = ModelRegistry::Open();
  if (!registry.ok()) return Fail(registry.status());
  const Status status = registry->Verify(arguments.name, CheckFlag);
  if (!status.ok()) return Fail(status);
  fmt::print("{}: as it was added\n", arguments.name);
  return kSuccess;
}

int RunFetch(ModelArguments& arguments) {
  std::string repository = arguments.repository;
  for (const KnownModel& known : KnownModels()) {
    if (repository.empty() && known.name == arguments.name) repository = known.repository;
  }
  if (repository.empty()) {
    std::string names;
    for (const KnownModel& known : KnownModels()) {
      names += (names.empty() ? "" : ", ") + std::string(known.name);
    }
    return Fail(Status(
        StatusCode::kInvalidArgument, fmt::format("'{}' is no model that is known", arguments.name),
        fmt::format("known are {}; any other comes with --repository OWNER/NAME", names)));
  }
  const InterruptScope interrupt(nullptr, /*second_ends=*/true);
  const auto registry = ModelRegistry::Open();
  if (!registry.ok()) return Fail(registry.status());
  const std::string folder = registry->folder() + "/files/" + arguments.name;
  {
    ProgressLine progress(/*enabled=*/true);
    arguments.fetch.check_interrupt = CheckFlag;
    arguments.fetch.progress = [&](const std::string& file, uint64_t done, uint64_t total) {
      progress.Show(file, done, total);
    };
    const Status status = FetchModel(repository, folder, arguments.fetch);
    if (!status.ok()) {
      progress.Clear();
      return Fail(status);
    }
  }
  AddModelOptions options;
  options.replace = true;
  options.check_interrupt = CheckFlag;
  const auto model = registry->Add(arguments.name, folder, options);
  if (!model.ok()) return Fail(model.status());
  PrintAdded(*model);
  return kSuccess;
}

}  // namespace

void AddModelCommand(CLI::App& app, int* exit_status) {
  const auto arguments = std::make_shared<ModelArguments>();
  CLI::App* command = app.add_subcommand("model", "models that embed texts and images");
  command->require_subcommand(1);
  command->footer(
      "Models are registered in $GESTA_MODEL_DIR, or gesta/models in $XDG_DATA_HOME or "
      "~/.local/share.");
  const auto named = [&](const char* subcommand, const char* summary) {
    CLI::App* part = command->add_subcommand(subcommand, summary);
    part->add_option("NAME", arguments->name, "what statements call it")->required();
    return part;
  };

  CLI::App* add = named("add", "check a checkpoint's folder and register it");
  add->add_option("FOLDER", arguments->folder,
                  "a folder with config.json, weights and tokenizer, or a gesta_model.json");
  add->add_flag("--replace", arguments->replace, "in place of a model of that name");
  add->add_option("--remote", arguments->remote_name,
                  "the name of a model behind an OpenAI-compatible embeddings endpoint");
  add->add_option("--url", arguments->url,
                  "the server's base URL; without it, the environment's when the model is used");
  add->add_option("--dimension", arguments->dimension, "numbers in a vector of the remote model");
  add->callback([=] { *exit_status = RunAdd(*arguments); });

  CLI::App* list = command->add_subcommand("list", "show the models of this machine");
  list->add_option("--format", arguments->format, "how the result is written")
      ->check(CLI::IsMember(OutputModeNames()))
      ->capture_default_str();
  list->callback([=] { *exit_status = RunList(*arguments); });

  CLI::App* remove = named("remove", "forget a model; its files stay");
  remove->callback([=] { *exit_status = RunRemove(*arguments); });

  CLI::App* verify = named("verify", "compare a model's files with their hashes");
  verify->callback([=] { *exit_status = RunVerify(*arguments); });

  CLI::App* fetch = named("fetch", "download a model and register it");
  fetch->add_option("--repository", arguments->repository,
                    "OWNER/NAME on the hub, for names that are not known");
  fetch->add_option("--revision", arguments->fetch.revision, "a branch, tag or commit");
  fetch->add_option("--hub", arguments->fetch.hub, "the hub's URL");
  fetch->callback([=] { *exit_status = RunFetch(*arguments); });
}

}  // namespace gesta::shell

// gesta info, check, backup, restore: care of a store.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "command.h"
#include "gesta/store.h"
#include "store_info.h"

namespace gesta::shell {
namespace {

Result<std::unique_ptr<Store>> OpenToLook(const std::string& path) {
  StoreOptions options;
  options.create_if_missing = false;
  options.read_only = true;
  return Store::Open(path, options);
}

int RunInfo(const std::string& path, const std::string& format) {
  auto store = OpenToLook(path);
  if (!store.ok()) return Fail(store.status());
  FileSink sink(stdout);
  const Status status = PrintStoreInfo(**store, *FindOutputMode(format), sink);
  return status.ok() ? kSuccess : Fail(status);
}

int RunCheck(const std::string& path, size_t limit) {
  auto store = OpenToLook(path);
  if (!store.ok()) return Fail(store.status());
  const Result<std::vector<CheckProblem>> problems = (*store)->Check(limit);
  if (!problems.ok()) return Fail(problems.status());
  for (const CheckProblem& problem : *problems) fmt::print("{}\n", problem.what);
  if (problems->empty()) {
    fmt::print("{}: consistent\n", path);
    return kSuccess;
  }
  fmt::print("{}: {}{} problems\n", path, problems->size() == limit ? "at least " : "",
             problems->size());
  return kFailure;
}

int RunBackup(const std::string& path, const std::string& to) {
  auto store = OpenToLook(path);
  if (!store.ok()) return Fail(store.status());
  const Status status = (*store)->Backup(to);
  if (!status.ok()) return Fail(status);
  fmt::print("{} is backed up at {}\n", path, to);
  return kSuccess;
}

int RunRestore(const std::string& from, const std::string& to) {
  const Status status = RestoreStore(from, to);
  if (!status.ok()) return Fail(status);
  fmt::print("{} is restored at {}\n", from, to);
  return kSuccess;
}

// Shared by a command's options and its callback, which outlives the function that adds it.
struct StoreArguments {
  std::string path;
  std::string other;
  std::string format = "table";
  size_t limit = 100;
};

}  // namespace

void AddInfoCommand(CLI::App& app, int* exit_status) {
  CLI::App* command = app.add_subcommand("info", "show what a store holds and how big it is");
  auto arguments = std::make_shared<StoreArguments>();
  command->add_option("DB", arguments->path, "the store")->required();
  command->add_option("--format", arguments->format, "how it is written")
      ->check(CLI::IsMember(OutputModeNames()));
  command->callback(
      [arguments, exit_status] { *exit_status = RunInfo(arguments->path, arguments->format); });
}

void AddCheckCommand(CLI::App& app, int* exit_status) {
  CLI::App* command = app.add_subcommand("check", "verify that a store does not contradict itself");
  auto arguments = std::make_shared<StoreArguments>();
  command->add_option("DB", arguments->path, "the store")->required();
  command->add_option("--limit", arguments->limit, "stop after this many problems")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->callback(
      [arguments, exit_status] { *exit_status = RunCheck(arguments->path, arguments->limit); });
}

void AddBackupCommand(CLI::App& app, int* exit_status) {
  CLI::App* command = app.add_subcommand("backup", "copy a store");
  auto arguments = std::make_shared<StoreArguments>();
  command->add_option("DB", arguments->path, "the store")->required();
  command->add_option("TO", arguments->other, "where the copy goes; must not exist")->required();
  command->callback(
      [arguments, exit_status] { *exit_status = RunBackup(arguments->path, arguments->other); });
}

void AddRestoreCommand(CLI::App& app, int* exit_status) {
  CLI::App* command = app.add_subcommand("restore", "make a store from a backup");
  auto arguments = std::make_shared<StoreArguments>();
  command->add_option("FROM", arguments->path, "the backup")->required();
  command->add_option("TO", arguments->other, "the new store; must not exist")->required();
  command->callback(
      [arguments, exit_status] { *exit_status = RunRestore(arguments->path, arguments->other); });
}

}  // namespace gesta::shell

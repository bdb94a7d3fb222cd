#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>

#include "gesta/format/digest.h"
#include "gesta/format/json.h"
#include "gesta/model_registry.h"
#include "models/expected_tensors.h"
#include "models/json_reader.h"
#include "models/logits.h"
#include "models/model_config.h"
#include "models/model_files.h"

namespace gesta {

namespace fs = std::filesystem;
using format::Digest;
using models::JsonReader;

namespace {

constexpr std::string_view kSuffix = ".json";
constexpr size_t kVersionDigits = 16;

Status CheckName(const std::string& name) {
  const bool plain = std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '-' || c == '_' || c == '.';
  });
  if (!name.empty() && plain && name[0] != '.' && name.size() <= 100) return Status::Ok();
  return Status(StatusCode::kInvalidArgument, fmt::format("'{}' is no name for a model", name),
                "names are made of letters, digits, '-', '_' and '.'");
}

// A short hash of the files' hashes.
std::string VersionOf(const std::vector<RegisteredModel::File>& files) {
  Digest digest(Digest::Kind::kSha256);
  for (const auto& file : files) digest.Add(fmt::format("{} {}\n", file.sha256, file.name));
  return digest.Hex().substr(0, kVersionDigits);
}

std::string ToJson(const RegisteredModel& model) {
  nlohmann::ordered_json json;
  json["name"] = model.name;
  json["kind"] = model.kind;
  json["version"] = model.version;
  if (!model.folder.empty()) json["folder"] = model.folder;
  if (!model.url.empty()) json["url"] = model.url;
  if (!model.remote_name.empty()) json["remote_name"] = model.remote_name;
  json["dimension"] = model.dimension;
  json["max_tokens"] = model.max_tokens;
  json["texts"] = model.texts;
  json["images"] = model.images;
  json["padding"] = model.padding;
  if (model.logit_scale) json["logit_scale"] = *model.logit_scale;
  if (model.logit_bias) json["logit_bias"] = *model.logit_bias;
  json["files"] = nlohmann::ordered_json::array();
  for (const auto& file : model.files) {
    json["files"].push_back({{"name", file.name}, {"size", file.size}, {"sha256", file.sha256}});
  }
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

Result<RegisteredModel> FromJson(const std::string& path) {
  GESTA_ASSIGN_OR_RETURN(const format::Document document, format::ReadJsonFile(path));
  JsonReader json(document.root(), path);
  RegisteredModel model;
  json.Text("name", &model.name);
  json.Text("kind", &model.kind);
  json.Text("version", &model.version);
  json.Text("folder", &model.folder);
  json.Text("url", &model.url);
  json.Text("remote_name", &model.remote_name);
  json.Size("dimension", &model.dimension);
  json.Size("max_tokens", &model.max_tokens);
  json.Flag("texts", &model.texts);
  json.Flag("images", &model.images);
  json.Text("padding", &model.padding);
  const auto optional = [&](std::string_view key, std::optional<double>* out) {
    double value = 0;
    json.Number(key, &value);
    if (json.Find(key)) *out = value;
  };
  optional("logit_scale", &model.logit_scale);
  optional("logit_bias", &model.logit_bias);
  if (const format::Datum* files = json.Find("files")) {
    for (const format::Datum& entry : files->items()) {
      JsonReader part(entry, path + " (files)");
      RegisteredModel::File file;
      part.Text("name", &file.name);
      size_t size = 0;
      part.Size("size", &size, size_t{1} << 50);
      file.size = size;
      part.Text("sha256", &file.sha256);
      GESTA_RETURN_IF_ERROR(part.status());
      model.files.push_back(std::move(file));
    }
  }
  if (model.name.empty() || model.kind.empty() || model.dimension == 0) {
    json.Fail("name", "or 'kind' or 'dimension' is missing");
  }
  GESTA_RETURN_IF_ERROR(json.status());
  return model;
}

Status Checked(const std::function<Status()>& check) { return check ? check() : Status::Ok(); }

}  // namespace

Result<ModelRegistry> ModelRegistry::Open(const std::string& folder) {
  ModelRegistry registry;
  const auto variable = [](const char* name) -> std::string {
    const char* value = std::getenv(name);
    return value ? value : "";
  };
  if (!folder.empty()) {
    registry.folder_ = folder;
  } else if (const std::string given = variable("GESTA_MODEL_DIR"); !given.empty()) {
    registry.folder_ = given;
  } else if (const std::string data = variable("XDG_DATA_HOME"); !data.empty()) {
    registry.folder_ = data + "/gesta/models";
  } else if (const std::string home = variable("HOME"); !home.empty()) {
    registry.folder_ = home + "/.local/share/gesta/models";
  } else {
    return Status(StatusCode::kNotFound, "there is no home folder to keep models in",
                  "name a folder in GESTA_MODEL_DIR");
  }
  return registry;
}

std::string ModelRegistry::PathOf(const std::string& name) const {
  return folder_ + "/" + name + std::string(kSuffix);
}

Result<RegisteredModel> ModelRegistry::Get(const std::string& name) const {
  GESTA_RETURN_IF_ERROR(CheckName(name));
  std::error_code error;
  if (!fs::exists(PathOf(name), error)) {
    return Status(StatusCode::kNotFound,
                  fmt::format("there is no model '{}' on this machine", name),
                  fmt::format("add a checkpoint's folder with 'gesta model add {} FOLDER', or "
                              "'gesta model list' shows what there is",
                              name));
  }
  return FromJson(PathOf(name));
}

Result<std::vector<RegisteredModel>> ModelRegistry::List() const {
  std::vector<RegisteredModel> models;
  std::error_code error;
  std::vector<std::string> paths;
  for (fs::directory_iterator at(folder_, error), end; !error && at != end; at.increment(error)) {
    const std::string file = at->path().filename().string();
    if (file.size() > kSuffix.size() && file[0] != '.' && at->path().extension() == kSuffix) {
      paths.push_back(at->path().string());
    }
  }
  std::sort(paths.begin(), paths.end());
  for (const std::string& path : paths) {
    GESTA_ASSIGN_OR_RETURN(RegisteredModel model, FromJson(path));
    models.push_back(std::move(model));
  }
  return models;
}

Result<RegisteredModel> ModelRegistry::Add(const std::string& name, const std::string& folder,
                                           const AddModelOptions& options) const {
  GESTA_RETURN_IF_ERROR(CheckName(name));
  std::error_code error;
  const fs::path absolute = fs::canonical(folder, error);
  if (error || !fs::is_directory(absolute, error)) {
    return Status(StatusCode::kNotFound, fmt::format("{}: there is no such folder", folder));
  }
  RegisteredModel model;
  model.name = name;
  model.folder = absolute.string();
  GESTA_ASSIGN_OR_RETURN(const models::ModelConfig config, models::ReadModelConfig(model.folder));
  model.kind = models::FamilyName(config.family);
  model.dimension = config.dimension;
  model.max_tokens = config.max_tokens;
  model.texts = config.text.has_value();
  model.images = config.vision.has_value();
  model.padding = config.padding;
  if (config.family != models::Family::kTorchScript) {
    GESTA_ASSIGN_OR_RETURN(const auto checkpoint, models::Checkpoint::Open(config.folder));
    GESTA_RETURN_IF_ERROR(
        models::CheckTensors(config.folder, checkpoint, models::ExpectedTensors(config)));
    GESTA_ASSIGN_OR_RETURN(const models::Logits logits, models::ReadLogits(checkpoint));
    model.logit_scale = logits.scale;
    model.logit_bias = logits.bias;
  }
  for (const models::DenseConfig& dense : config.dense) {
    GESTA_ASSIGN_OR_RETURN(const auto checkpoint, models::Checkpoint::Open(dense.folder));
    GESTA_RETURN_IF_ERROR(
        models::CheckTensors(dense.folder, checkpoint, models::ExpectedTensors(dense)));
  }
  GESTA_ASSIGN_OR_RETURN(const auto files, models::ModelFiles(model.folder, config));
  for (const std::string& file : files) {
    GESTA_ASSIGN_OR_RETURN(const format::FileDigest digest,
                           format::DigestFile(model.folder + "/" + file, Digest::Kind::kSha256,
                                              /*git_blob=*/false, options.check_interrupt));
    model.files.push_back({file, digest.size, digest.hex});
  }
  model.version = VersionOf(model.files);
  GESTA_RETURN_IF_ERROR(Write(model, options.replace));
  return model;
}

Result<RegisteredModel> ModelRegistry::AddRemote(const std::string& name, const std::string& url,
                                                 const std::string& remote_name, size_t dimension,
                                                 const AddModelOptions& options) const {
  GESTA_RETURN_IF_ERROR(CheckName(name));
  if (remote_name.empty() || dimension == 0) {
    return Status(StatusCode::kInvalidArgument,
                  "a remote model needs the server's name for it and its dimension");
  }
  // A password in an URL would end up in a file.
  if (url.find('@') != std::string::npos) {
    return Status(StatusCode::kInvalidArgument, "the URL of a remote model holds a password",
                  "keys come from the environment when the model is used");
  }
  RegisteredModel model;
  model.name = name;
  model.kind = "remote";
  model.url = url;
  model.remote_name = remote_name;
  model.dimension = dimension;
  model.texts = true;
  model.padding = "longest";
  Digest digest(Digest::Kind::kSha256);
  digest.Add(fmt::format("{}\n{}\n{}\n", url, remote_name, dimension));
  model.version = digest.Hex().substr(0, kVersionDigits);
  GESTA_RETURN_IF_ERROR(Write(model, options.replace));
  return model;
}

Status ModelRegistry::Write(const RegisteredModel& model, bool replace) const {
  std::error_code error;
  fs::create_directories(folder_, error);
  const std::string path = PathOf(model.name);
  if (!replace && fs::exists(path, error)) {
    return Status(StatusCode::kAlreadyExists,
                  fmt::format("there is a model '{}' already", model.name),
                  "choose another name, or give --replace");
  }
  const std::string temporary = fmt::format("{}.{}.tmp", path, ::getpid());
  {
    std::ofstream out(temporary, std::ios::binary);
    out << ToJson(model);
    out.flush();
    if (!out) {
      fs::remove(temporary, error);
      return Status(StatusCode::kIo, temporary + ": cannot be written");
    }
  }
  fs::rename(temporary, path, error);
  if (!error) return Status::Ok();
  return Status(StatusCode::kIo, fmt::format("{}: {}", path, error.message()));
}

Status ModelRegistry::Remove(const std::string& name) const {
  GESTA_ASSIGN_OR_RETURN(const RegisteredModel model, Get(name));
  std::error_code error;
  if (fs::remove(PathOf(model.name), error)) return Status::Ok();
  return Status(StatusCode::kIo, fmt::format("{}: {}", PathOf(name), error.message()));
}

Status ModelRegistry::Verify(const std::string& name,
                             const std::function<Status()>& check_interrupt) const {
  GESTA_ASSIGN_OR_RETURN(const RegisteredModel model, Get(name));
  std::vector<std::string> changed, missing;
  for (const auto& file : model.files) {
    GESTA_RETURN_IF_ERROR(Checked(check_interrupt));
    const auto digest = format::DigestFile(model.folder + "/" + file.name, Digest::Kind::kSha256,
                                           /*git_blob=*/false, check_interrupt);
    if (digest.status().code() == StatusCode::kNotFound) {
      missing.push_back(file.name);
    } else if (!digest.ok()) {
      return digest.status();
    } else if (digest->size != file.size || digest->hex != file.sha256) {
      changed.push_back(file.name);
    }
  }
  if (!missing.empty()) {
    return Status(StatusCode::kNotFound, fmt::format("{}: gone since the model was added: {}",
                                                     model.folder, fmt::join(missing, ", ")));
  }
  if (!changed.empty()) {
    return Status(StatusCode::kCorruption,
                  fmt::format("{}: changed since the model was added: {}", model.folder,
                              fmt::join(changed, ", ")),
                  fmt::format("if that is meant, 'gesta model add {} {} --replace' takes the new "
                              "files; vectors of the old ones stay in their spaces",
                              name, model.folder));
  }
  return Status::Ok();
}

}  // namespace gesta

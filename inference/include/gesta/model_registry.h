// The models of this machine: which are registered under what names, and what their files were.
//
// A registration is a small JSON file, NAME.json, in one folder ($GESTA_MODEL_DIR, else
// gesta/models in $XDG_DATA_HOME or ~/.local/share). It points to the checkpoint's folder, which
// stays where it is, and keeps the files' SHA-256. Nothing here loads a model.
#ifndef GESTA_MODEL_REGISTRY_H_
#define GESTA_MODEL_REGISTRY_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gesta/status.h"

namespace gesta {

struct RegisteredModel {
  struct File {
    std::string name;  // within the folder
    uint64_t size = 0;
    std::string sha256;
  };

  std::string name;
  std::string kind;     // "bert", "mpnet", "clip", "siglip", "torchscript", "remote"
  std::string version;  // of the files' hashes; equal versions give equal vectors
  std::string folder;   // absolute; empty for a remote model
  std::vector<File> files;
  size_t dimension = 0;
  size_t max_tokens = 0;
  bool texts = false;
  bool images = false;
  std::string padding;
  std::optional<double> logit_scale;
  std::optional<double> logit_bias;
  // Of a remote model: an OpenAI-compatible server's base URL (empty: from the environment when it
  // is used) and the name the server knows it by. Keys are never part of a registration.
  std::string url;
  std::string remote_name;
};

struct AddModelOptions {
  bool replace = false;                     // a registration of that name
  std::function<Status()> check_interrupt;  // asked while files are read; may be empty
};

// Thread-safe; several processes may use one folder.
class ModelRegistry {
 public:
  // The registry in `folder`, or in the usual place. The folder need not exist.
  static Result<ModelRegistry> Open(const std::string& folder = {});

  const std::string& folder() const { return folder_; }

  // kNotFound with the command that adds one.
  Result<RegisteredModel> Get(const std::string& name) const;
  Result<std::vector<RegisteredModel>> List() const;  // by name

  // Checks a checkpoint's folder (family, tokenizer, every tensor's name and shape), hashes its
  // files and registers it. kBadData names tensors that are missing or do not fit.
  Result<RegisteredModel> Add(const std::string& name, const std::string& folder,
                              const AddModelOptions& options = {}) const;
  // Registers a remote model of texts. `dimension` must be what the server gives.
  Result<RegisteredModel> AddRemote(const std::string& name, const std::string& url,
                                    const std::string& remote_name, size_t dimension,
                                    const AddModelOptions& options = {}) const;
  // Forgets the registration; the model's files stay.
  Status Remove(const std::string& name) const;
  // Reads the files again: kCorruption names those that changed, kNotFound those that are gone.
  Status Verify(const std::string& name, const std::function<Status()>& check_interrupt = {}) const;

 private:
  std::string PathOf(const std::string& name) const;
  Status Write(const RegisteredModel& model, bool replace) const;

  std::string folder_;
};

}  // namespace gesta

#endif  // GESTA_MODEL_REGISTRY_H_

#include "hub/hub_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string_view>

#include "models/model_files.h"

namespace gesta::hub {

using format::Datum;

namespace {

bool StartsWith(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

// Folders of sentence-transformers' modules: "1_Pooling", "2_Dense".
bool IsModuleFolder(std::string_view folder) {
  return folder.empty() ||
         (std::isdigit(static_cast<unsigned char>(folder[0])) &&
          folder.find('_') != std::string_view::npos && folder.find('/') == std::string_view::npos);
}

bool IsSafetensors(std::string_view name) {
  return StartsWith(name, "model") && EndsWith(name, ".safetensors");
}

bool IsPickle(std::string_view name) {
  return StartsWith(name, "pytorch_model") && EndsWith(name, ".bin");
}

}  // namespace

Result<std::vector<HubFile>> NeededFiles(const Datum& list, const std::string& source) {
  std::vector<HubFile> files;
  for (const Datum& entry : list.items()) {
    const Datum* type = entry.Find("type");
    const Datum* path = entry.Find("path");
    if (!type || !path || type->text() != "file") continue;
    const std::string_view name = path->text();
    if (name.empty() || name[0] == '/' || name.find("..") != std::string_view::npos) {
      return Status(StatusCode::kBadData, fmt::format("{}: names the file '{}'", source, name));
    }
    const size_t slash = name.rfind('/');
    const std::string_view folder =
        slash == std::string_view::npos ? std::string_view() : name.substr(0, slash);
    const std::string_view base = slash == std::string_view::npos ? name : name.substr(slash + 1);
    if (!IsModuleFolder(folder)) continue;
    if (!models::IsModelFile(base) && !IsSafetensors(base) && !IsPickle(base)) continue;
    HubFile file;
    file.path = name;
    const Datum* size = entry.Find("size");
    const Datum* blob = entry.Find("oid");
    if (size && size->integer() > 0) file.size = static_cast<uint64_t>(size->integer());
    if (blob) file.git_sha1 = blob->text();
    if (const Datum* large = entry.Find("lfs"); large && large->is_dict()) {
      if (const Datum* hash = large->Find("oid")) file.sha256 = hash->text();
      if (const Datum* bytes = large->Find("size")) {
        file.size = static_cast<uint64_t>(bytes->integer());
      }
    }
    if (file.sha256.size() != 64 && file.git_sha1.size() != 40) {
      return Status(StatusCode::kBadData, fmt::format("{}: gives no hash of '{}'", source, name));
    }
    files.push_back(std::move(file));
  }
  const bool safetensors = std::any_of(
      files.begin(), files.end(), [](const HubFile& file) { return IsSafetensors(file.path); });
  if (safetensors) {
    files.erase(std::remove_if(files.begin(), files.end(),
                               [](const HubFile& file) { return IsPickle(file.path); }),
                files.end());
  } else if (std::none_of(files.begin(), files.end(),
                          [](const HubFile& file) { return IsPickle(file.path); })) {
    return Status(StatusCode::kUnsupported,
                  source + ": has no weights (model.safetensors or pytorch_model.bin)");
  }
  // Small files first: what is wrong shows soon.
  std::stable_sort(files.begin(), files.end(),
                   [](const HubFile& a, const HubFile& b) { return a.size < b.size; });
  return files;
}

}  // namespace gesta::hub

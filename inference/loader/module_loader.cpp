#include "gesta/module_loader.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <vector>

namespace gesta {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> SearchFolders() {
  std::vector<fs::path> folders;
  const char* given = std::getenv("GESTA_MODULE_DIR");
  if (given && *given) return {fs::path(given)};
  std::vector<fs::path> homes;
  std::error_code error;
  const fs::path executable = fs::read_symlink("/proc/self/exe", error);
  if (!error) homes.push_back(executable.parent_path());
  Dl_info info{};
  if (dladdr(reinterpret_cast<void*>(&LoadModuleSymbol), &info) != 0 && info.dli_fname) {
    const fs::path library = fs::absolute(info.dli_fname, error);
    if (!error) homes.push_back(library.parent_path());
  }
  for (const fs::path& home : homes) {
    for (fs::path folder : {home, home.parent_path() / "lib" / "gesta", home / "gesta"}) {
      folder = folder.lexically_normal();
      if (std::find(folders.begin(), folders.end(), folder) == folders.end()) {
        folders.push_back(std::move(folder));
      }
    }
  }
  return folders;
}

}  // namespace

Result<void*> LoadModuleSymbol(const std::string& file, const std::string& symbol,
                               const std::string& purpose) {
  std::string searched;
  for (const fs::path& folder : SearchFolders()) {
    const fs::path path = folder / file;
    std::error_code error;
    if (!fs::exists(path, error)) {
      searched += (searched.empty() ? "" : ", ") + folder.string();
      continue;
    }
    void* module = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!module) {
      const char* why = dlerror();
      return Status(StatusCode::kUnsupported,
                    "the module " + path.string() + " cannot be opened: " + (why ? why : "unknown"),
                    "are the libraries that it needs installed?");
    }
    void* address = dlsym(module, symbol.c_str());
    if (address) return address;
    return Status(
        StatusCode::kUnsupported,
        "the file " + path.string() + " is no module of this program: it has no " + symbol,
        "remove it, or install the module that came with this program");
  }
  return Status(StatusCode::kNotFound,
                purpose + " needs the module " + file + ", which is in none of: " + searched,
                "build or install it, or name its folder in GESTA_MODULE_DIR");
}

}  // namespace gesta

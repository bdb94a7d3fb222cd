#include "format/torch_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "format/byte_order.h"
#include "format/pickle_machine.h"
#include "gesta/format/zip.h"

namespace gesta::format {

namespace {

// torch.serialization's MAGIC_NUMBER 0x1950a86a20f9469cfc6c and PROTOCOL_VERSION.
constexpr std::string_view kStreamMagic = "119547037146038801333356";
constexpr int64_t kStreamVersion = 1001;

Result<Datum*> ReadZip(PickleSession* session, const Piece& piece) {
  constexpr std::string_view kData = "data.pkl";
  GESTA_ASSIGN_OR_RETURN(const ZipArchive zip, ZipArchive::Open(piece.bytes, piece.label));
  const ZipArchive::Entry* data = nullptr;
  for (const ZipArchive::Entry& entry : zip.entries()) {
    const std::string_view name = entry.name;
    const bool in_folder = name.size() > kData.size() + 1 &&
                           name.substr(name.size() - kData.size() - 1) == "/data.pkl" &&
                           name.find('/') == name.size() - kData.size() - 1;
    if (in_folder || name == kData) data = &entry;
  }
  if (data == nullptr) {
    return Status(StatusCode::kUnsupported,
                  fmt::format("{}: a zip archive that no torch.save has written (it has no "
                              "data.pkl)",
                              piece.label));
  }
  TorchFile file;
  file.zip = &zip;
  file.prefix = data->name.substr(0, data->name.size() - kData.size());
  file.swap_bytes = !HostIsLittleEndian();

  // Entries other than storages are small; inflated or not, they are copied out.
  const auto read = [&](const ZipArchive::Entry& entry) -> Result<std::string_view> {
    GESTA_ASSIGN_OR_RETURN(const std::string_view raw, zip.RawBytes(entry));
    if (ZipArchive::IsStored(entry)) {
      GESTA_RETURN_IF_ERROR(session->builder().Spend(raw.size()));
      GESTA_RETURN_IF_ERROR(zip.Verify(entry));
      return raw;
    }
    GESTA_ASSIGN_OR_RETURN(char* out, session->builder().AllocateArray(entry.size));
    GESTA_RETURN_IF_ERROR(zip.Extract(entry, out));
    return std::string_view(out, entry.size);
  };
  if (const ZipArchive::Entry* order = zip.Find(file.prefix + "byteorder"); order != nullptr) {
    GESTA_ASSIGN_OR_RETURN(const std::string_view text, read(*order));
    file.swap_bytes = (text == "big") == HostIsLittleEndian();
  }
  GESTA_ASSIGN_OR_RETURN(const std::string_view pickled, read(*data));
  const Piece inner{pickled, fmt::format("{} ({})", piece.label, data->name)};
  return PickleMachine(session, inner, 0, &file).Run();
}

// The rest of a torch stream after its magic number: version, system information, the value, the
// keys of the storages; then for each key the number of elements (8 bytes) and the elements.
Result<Datum*> ReadStream(PickleSession* session, const Piece& piece, size_t at) {
  TorchFile file;
  const auto next = [&](TorchFile* torch) -> Result<Datum*> {
    PickleMachine machine(session, piece, at, torch);
    auto value = machine.Run();
    at = machine.position();
    return value;
  };
  const auto error = [&](StatusCode code, std::string_view what) {
    return piece.Error(code, piece.bytes.data() + at, what);
  };
  GESTA_ASSIGN_OR_RETURN(Datum* const version, next(nullptr));
  if (!version->is_int() || version->integer() != kStreamVersion) {
    return error(StatusCode::kUnsupported, fmt::format("torch stream version {} (known is {})",
                                                       version->ToString(40), kStreamVersion));
  }
  GESTA_ASSIGN_OR_RETURN(Datum* const system, next(nullptr));
  bool little = true;
  for (const auto& [key, value] : system->entries()) {
    if (key->text() == "little_endian") little = value->boolean();
  }
  file.swap_bytes = little != HostIsLittleEndian();
  GESTA_ASSIGN_OR_RETURN(Datum* const root, next(&file));
  GESTA_ASSIGN_OR_RETURN(Datum* const keys, next(nullptr));
  if (!keys->is_sequence()) return error(StatusCode::kBadData, "a damaged list of tensor storages");
  for (const Datum& key : keys->items()) {
    const auto known = file.storages.find(key.text());
    if (known == file.storages.end()) {
      return error(StatusCode::kBadData,
                   fmt::format("a storage '{}' that no tensor has", key.ToString(40)));
    }
    const std::string_view rest = piece.bytes.substr(at);
    if (rest.size() < 8) {
      return error(StatusCode::kBadData, "the file is truncated before a tensor storage");
    }
    uint64_t count = LoadLittle<uint64_t>(rest.data());
    if (file.swap_bytes && HostIsLittleEndian()) count = __builtin_bswap64(count);
    const uint64_t item_size = session->StorageItemSize(known->second);
    if (count > (rest.size() - 8) / item_size) {
      return error(StatusCode::kBadData,
                   fmt::format("the file is truncated: a tensor storage has {} elements of {} "
                               "bytes, {} bytes are left",
                               count, item_size, rest.size() - 8));
    }
    session->SetStorage(known->second, rest.substr(8, count * item_size));
    at += 8 + count * item_size;
  }
  const Status filled = session->FillPending();
  if (!filled.ok()) return error(filled.code(), filled.message());
  return root;
}

}  // namespace

Result<Datum*> ReadPickledValue(PickleSession* session, const Piece& piece) {
  if (ZipArchive::LooksLikeZip(piece.bytes)) return ReadZip(session, piece);
  constexpr size_t kTarMagicAt = 257;
  if (piece.bytes.size() > kTarMagicAt + 5 && piece.bytes.substr(kTarMagicAt, 5) == "ustar") {
    return Status(
               StatusCode::kUnsupported,
               fmt::format("{}: a tar file as torch.save wrote before version 0.1.10", piece.label))
        .WithHint("load it with torch and save it again");
  }
  PickleMachine machine(session, piece, 0, nullptr);
  GESTA_ASSIGN_OR_RETURN(Datum* const root, machine.Run());
  if (root->kind() == DatumKind::kBigInt && root->text() == kStreamMagic) {
    return ReadStream(session, piece, machine.position());
  }
  return root;
}

}  // namespace gesta::format

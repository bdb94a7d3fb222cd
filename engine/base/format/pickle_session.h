// PickleSession: one document in the making from pickles. It knows what the names of the fixed
// table make (containers, arrays, tensors) and which storages a torch file has; the opcodes are the
// PickleMachine's business.
#ifndef GESTA_ENGINE_BASE_FORMAT_PICKLE_SESSION_H_
#define GESTA_ENGINE_BASE_FORMAT_PICKLE_SESSION_H_

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "format/dtype.h"
#include "format/python_names.h"
#include "gesta/format/document_builder.h"
#include "gesta/format/zip.h"

namespace gesta::format {

// A stretch of bytes with the name that messages give it.
struct Piece {
  std::string_view bytes;
  std::string label;

  // "label: byte N: what".
  Status Error(StatusCode code, const char* at, std::string_view what) const;
};

// One torch.save'd file, or one embedded in a pickle.
struct TorchFile {
  const ZipArchive* zip = nullptr;  // null: the stream format
  std::string prefix;               // folder of data.pkl in the archive, with its slash
  bool swap_bytes = false;
  std::map<std::string, size_t, std::less<>> storages;  // key -> index of raw storage
};

class PickleSession {
 public:
  explicit PickleSession(DocumentBuilder* builder) : builder_(*builder) {}

  DocumentBuilder& builder() { return builder_; }

  // The value for a class or function; null if the table has no such name.
  Datum* Name(std::string_view module, std::string_view name);
  // The value of a persistent id of a torch file.
  Result<Datum*> PersistentLoad(TorchFile* file, const Piece& piece, const Datum& id);
  // callable(*arguments). Errors are without a place.
  Result<Datum*> Call(const Piece& piece, const Datum& callable, Datum::Items arguments);
  // object.__setstate__(state). Errors are without a place.
  Status Build(Datum* object, const Datum& state);

  // A file of the stream format has its storages after its pickle: until SetStorage gives their
  // bytes, tensors of them wait.
  size_t StorageItemSize(size_t raw) const { return raws_[raw].item_size; }
  void SetStorage(size_t raw, std::string_view bytes);
  Status FillPending();

  // What an opaque value becomes in the document.
  Status Resolve(Datum* opaque);

  int depth = 0;  // of torch files embedded in each other

 private:
  enum class OpaqueKind { kName, kDType, kStorage };
  struct Opaque {
    OpaqueKind kind;
    const PythonName* name = nullptr;
    DType dtype;
    size_t storage = 0;
  };
  // Bytes of a storage, without a type.
  struct RawStorage {
    std::string_view bytes;
    size_t item_size = 1;  // of the type that the file declares
    bool loaded = false;
  };
  struct Storage {
    size_t raw;
    ElementType type;
    bool typed;
    bool swap_bytes;
    uint64_t offset;  // in elements, into the raw storage
    uint64_t size;    // elements
  };
  struct PendingTensor {
    Datum* array;
    size_t storage;
    ArraySource source;
  };

  Datum* NewOpaque(Opaque opaque);
  // Null if the value is not an opaque one of that kind.
  Opaque* AsOpaque(const Datum& datum, OpaqueKind kind);
  Result<size_t> RawStorageOf(TorchFile* file, std::string_view key, size_t item_size);
  Status FillFromStorage(Datum* array, const Storage& storage, ArraySource source);

  Result<Datum*> MakeDict(Datum::Items arguments, size_t first);
  Result<Datum*> MakeSequence(DatumKind kind, Datum::Items arguments);
  Result<Datum*> MakeBytes(Datum::Items arguments);
  Result<Datum*> Encode(const Datum& text, std::string_view encoding);
  Result<Datum*> MakeDType(Datum::Items arguments);
  Result<Datum*> MakeScalar(Datum::Items arguments);
  Result<Datum*> MakeFromBuffer(Datum::Items arguments);
  Result<Datum*> MakeTensor(Datum::Items arguments, bool with_dtype);
  Result<Datum*> LoadFromBytes(const Piece& piece, Datum::Items arguments);
  Result<Datum*> ScalarOf(const DType& type, std::string_view bytes);
  Status BuildArray(Datum* array, Datum::Items state);
  Status BuildDType(Opaque* opaque, Datum::Items state);

  DocumentBuilder& builder_;
  std::vector<Opaque> opaques_;
  std::vector<RawStorage> raws_;
  std::vector<Storage> storages_;
  std::vector<PendingTensor> pending_;
  std::unordered_map<const char*, Datum*> embedded_;  // results of LoadFromBytes by their bytes
};

}  // namespace gesta::format

#endif  // GESTA_ENGINE_BASE_FORMAT_PICKLE_SESSION_H_

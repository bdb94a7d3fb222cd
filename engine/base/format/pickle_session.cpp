#include "format/pickle_session.h"

#include <fmt/format.h>

#include <cstring>
#include <limits>
#include <optional>
#include <utility>

#include "format/byte_order.h"
#include "format/torch_file.h"
#include "gesta/format/half.h"
#include "gesta/format/utf8.h"

namespace gesta::format {

namespace {

constexpr int kMaxEmbeddedFiles = 4;
constexpr size_t kMaxDimensions = 64;

Status BadData(std::string message) { return Status(StatusCode::kBadData, std::move(message)); }

// The integers of a tuple or list; nothing if it holds anything else.
std::optional<std::vector<int64_t>> Integers(const Datum& datum) {
  if (!datum.is_sequence() || datum.size() > kMaxDimensions) return std::nullopt;
  std::vector<int64_t> result;
  for (const Datum& item : datum.items()) {
    if (!item.is_int()) return std::nullopt;
    result.push_back(item.integer());
  }
  return result;
}

// Raw bytes: bytes, or a str of Python 2.
std::optional<std::string_view> BytesOf(const Datum& datum) {
  if (datum.kind() != DatumKind::kBytes && datum.kind() != DatumKind::kString) return std::nullopt;
  return datum.text();
}

// Values under construction belong to the builder, whose readers may change them.
Datum* Mutable(const Datum& datum) { return const_cast<Datum*>(&datum); }

template <typename T>
T LoadHost(std::string_view bytes) {
  T value;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

}  // namespace

Status Piece::Error(StatusCode code, const char* at, std::string_view what) const {
  return Status(code, fmt::format("{}: byte {}: {}", label, at - bytes.data(), what));
}

Datum* PickleSession::NewOpaque(Opaque opaque) {
  opaques_.push_back(opaque);
  return builder_.Opaque(static_cast<int64_t>(opaques_.size() - 1));
}

PickleSession::Opaque* PickleSession::AsOpaque(const Datum& datum, OpaqueKind kind) {
  if (datum.kind() != DatumKind::kOpaque) return nullptr;
  Opaque& opaque = opaques_[static_cast<size_t>(DocumentBuilder::OpaqueNumber(datum))];
  return opaque.kind == kind ? &opaque : nullptr;
}

Datum* PickleSession::Name(std::string_view module, std::string_view name) {
  const PythonName* known = FindPythonName(module, name);
  return known == nullptr ? nullptr : NewOpaque({OpaqueKind::kName, known, {}, 0});
}

Status PickleSession::Resolve(Datum* datum) {
  const Opaque opaque = opaques_[static_cast<size_t>(DocumentBuilder::OpaqueNumber(*datum))];
  switch (opaque.kind) {
    case OpaqueKind::kName: {
      const std::string name = fmt::format("{}.{}", opaque.name->module, opaque.name->name);
      DocumentBuilder::Become(datum, *builder_.Text(DatumKind::kString, builder_.CopyText(name)));
      return Status::Ok();
    }
    case OpaqueKind::kDType:
      DocumentBuilder::Become(
          datum, *builder_.Text(DatumKind::kString, builder_.CopyText(DTypeName(opaque.dtype))));
      return Status::Ok();
    case OpaqueKind::kStorage: {
      const Storage& storage = storages_[opaque.storage];
      if (storage.size > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
        return BadData("a storage too large for memory");
      }
      ArraySource source;
      source.shape = {static_cast<int64_t>(storage.size)};
      Datum* array = builder_.Container(DatumKind::kArray);
      GESTA_RETURN_IF_ERROR(FillFromStorage(array, storage, std::move(source)));
      DocumentBuilder::Become(datum, *array);
      return Status::Ok();
    }
  }
  return Status::Ok();
}

// --- torch storages ---------------------------------------------------------------------------

Result<size_t> PickleSession::RawStorageOf(TorchFile* file, std::string_view key,
                                           size_t item_size) {
  const auto known = file->storages.find(key);
  if (known != file->storages.end()) return known->second;
  RawStorage raw;
  raw.item_size = item_size;
  if (file->zip != nullptr) {
    const std::string name = fmt::format("{}data/{}", file->prefix, key);
    const ZipArchive::Entry* entry = file->zip->Find(name);
    if (entry == nullptr) return BadData(fmt::format("the archive has no storage '{}'", name));
    GESTA_ASSIGN_OR_RETURN(raw.bytes, file->zip->RawBytes(*entry));
    if (ZipArchive::IsStored(*entry)) {
      GESTA_RETURN_IF_ERROR(builder_.Spend(raw.bytes.size()));  // checking it reads it
      GESTA_RETURN_IF_ERROR(file->zip->Verify(*entry));
    } else {
      GESTA_ASSIGN_OR_RETURN(char* inflated, builder_.AllocateArray(entry->size));
      GESTA_RETURN_IF_ERROR(file->zip->Extract(*entry, inflated));
      raw.bytes = std::string_view(inflated, entry->size);
    }
    raw.loaded = true;
  }
  raws_.push_back(raw);
  file->storages.emplace(key, raws_.size() - 1);
  return raws_.size() - 1;
}

void PickleSession::SetStorage(size_t raw, std::string_view bytes) {
  raws_[raw].bytes = bytes;
  raws_[raw].loaded = true;
}

// ('storage', class, key, location, size[, view]), view being None or (key, offset, size).
Result<Datum*> PickleSession::PersistentLoad(TorchFile* file, const Piece& piece, const Datum& id) {
  if (id.kind() != DatumKind::kTuple || id.size() < 5 || id[0].text() != "storage") {
    return Status(StatusCode::kUnsupported,
                  fmt::format("a reference to a stored object that is no tensor storage: {}",
                              id[0].ToString(60)));
  }
  const Opaque* type = AsOpaque(id[1], OpaqueKind::kName);
  const bool typed = type != nullptr && type->name->call == PythonCall::kTorchStorage;
  const bool untyped = type != nullptr && type->name->call == PythonCall::kTorchUntypedStorage;
  if ((!typed && !untyped) || BytesOf(id[2]) == std::nullopt || !id[4].is_int() ||
      id[4].integer() < 0) {
    return BadData("a damaged reference to a tensor storage");
  }
  Storage storage;
  storage.type = type->name->element;
  storage.typed = typed;
  storage.swap_bytes = file->swap_bytes;
  storage.offset = 0;
  storage.size = static_cast<uint64_t>(id[4].integer());
  GESTA_ASSIGN_OR_RETURN(storage.raw,
                         RawStorageOf(file, id[2].text(), ElementTypeSize(storage.type)));
  if (id.size() > 5 && !id[5].is_null()) {
    const Datum& view = id[5];
    if (view.size() != 3 || !view[1].is_int() || !view[2].is_int() || view[1].integer() < 0 ||
        view[2].integer() < 0) {
      return BadData("a damaged view of a tensor storage");
    }
    storage.offset = static_cast<uint64_t>(view[1].integer());
    storage.size = static_cast<uint64_t>(view[2].integer());
  }
  storages_.push_back(storage);
  return NewOpaque({OpaqueKind::kStorage, nullptr, {}, storages_.size() - 1});
}

// The source's type, bytes and byte order come from the storage; its offset and strides count
// elements of that type.
Status PickleSession::FillFromStorage(Datum* array, const Storage& storage, ArraySource source) {
  const RawStorage& raw = raws_[storage.raw];
  if (!raw.loaded) return BadData("the file ends before the storage of a tensor");
  if (storage.typed || source.item_size == 0) {
    source.type = storage.type;
    source.item_size = ElementTypeSize(storage.type);
  }
  source.swap_bytes = storage.swap_bytes;
  const uint64_t unit = storage.typed ? source.item_size : 1;  // untyped storages count bytes
  const uint64_t available = raw.bytes.size() / unit;
  if (storage.offset > available || storage.size > available - storage.offset) {
    return BadData(fmt::format("a tensor storage of {} elements from {} has only {} bytes",
                               storage.size, storage.offset, raw.bytes.size()));
  }
  source.bytes = raw.bytes.substr(storage.offset * unit, storage.size * unit);
  return builder_.FillArray(array, source);
}

Status PickleSession::FillPending() {
  std::vector<PendingTensor> pending = std::move(pending_);
  pending_.clear();
  for (PendingTensor& tensor : pending) {
    GESTA_RETURN_IF_ERROR(
        FillFromStorage(tensor.array, storages_[tensor.storage], std::move(tensor.source)));
  }
  return Status::Ok();
}

Result<Datum*> PickleSession::MakeTensor(Datum::Items arguments, bool with_dtype) {
  if (arguments.size() < (with_dtype ? 7u : 4u)) return BadData("a tensor with missing arguments");
  const Opaque* storage = AsOpaque(arguments[0], OpaqueKind::kStorage);
  const auto shape = Integers(arguments[2]);
  const auto strides = Integers(arguments[3]);
  if (storage == nullptr || !arguments[1].is_int() || arguments[1].integer() < 0 || !shape ||
      !strides || shape->size() != strides->size()) {
    return BadData("a damaged tensor: its storage, offset, size or stride is of the wrong type");
  }
  ArraySource source;
  source.offset = static_cast<uint64_t>(arguments[1].integer());
  source.shape = *shape;
  source.strides = *strides;
  if (with_dtype) {
    const Opaque* type = AsOpaque(arguments[6], OpaqueKind::kName);
    if (type == nullptr || type->name->call != PythonCall::kTorchDType) {
      return Status(StatusCode::kUnsupported, "a tensor of an unknown element type");
    }
    source.type = type->name->element;
    source.item_size = ElementTypeSize(source.type);
  }
  Datum* array = builder_.Container(DatumKind::kArray);
  if (raws_[storages_[storage->storage].raw].loaded) {
    GESTA_RETURN_IF_ERROR(FillFromStorage(array, storages_[storage->storage], std::move(source)));
  } else {
    pending_.push_back({array, storage->storage, std::move(source)});
  }
  return array;
}

Result<Datum*> PickleSession::LoadFromBytes(const Piece& piece, Datum::Items arguments) {
  if (arguments.size() != 1 || !BytesOf(arguments[0])) {
    return BadData("an embedded tensor that is no bytes");
  }
  const std::string_view bytes = *BytesOf(arguments[0]);
  const auto known = embedded_.find(bytes.data());
  if (known != embedded_.end()) return known->second;
  if (depth >= kMaxEmbeddedFiles) {
    return BadData(fmt::format("tensors embedded more than {} deep", kMaxEmbeddedFiles));
  }
  // Positions count from the start of the outermost file where the bytes lie in it.
  const char* begin = piece.bytes.data();
  const bool inside = !std::less<const char*>()(bytes.data(), begin) &&
                      !std::less<const char*>()(begin + piece.bytes.size(), bytes.data());
  ++depth;
  auto result =
      inside ? ReadPickledValue(this, Piece{bytes, fmt::format("{} (embedded tensor at byte {})",
                                                               piece.label, bytes.data() - begin)})
             : ReadPickledValue(this, Piece{bytes, piece.label + " (embedded tensor)"});
  --depth;
  GESTA_ASSIGN_OR_RETURN(Datum* const value, std::move(result));
  embedded_.emplace(bytes.data(), value);
  return value;
}

// --- containers and text ----------------------------------------------------------------------

// dict(), dict(other), dict(pairs), with `first` leading arguments to skip.
Result<Datum*> PickleSession::MakeDict(Datum::Items arguments, size_t first) {
  Datum* dict = builder_.Container(DatumKind::kDict);
  if (arguments.size() <= first) return dict;
  const Datum& content = arguments[first];
  if (arguments.size() > first + 1) return BadData("a dict made of too many arguments");
  if (content.is_dict()) {
    for (const auto& [key, value] : content.entries()) builder_.Put(dict, key, value);
    return dict;
  }
  if (!content.is_sequence()) return BadData("a dict made of something else than pairs");
  for (const Datum& pair : content.items()) {
    if (!pair.is_sequence() || pair.size() != 2) {
      return BadData("a dict made of something else than pairs");
    }
    builder_.Put(dict, &pair[0], &pair[1]);
  }
  return dict;
}

Result<Datum*> PickleSession::MakeSequence(DatumKind kind, Datum::Items arguments) {
  if (arguments.size() == 0) return builder_.Container(kind);
  const Datum& content = arguments[0];
  if (arguments.size() > 1 || (!content.is_sequence() && content.kind() != DatumKind::kSet)) {
    return BadData(fmt::format("a {} made of something else than a sequence", DatumKindName(kind)));
  }
  Datum* sequence = builder_.Container(kind);
  builder_.Append(sequence, content.items().data(), content.size());
  return sequence;
}

Result<Datum*> PickleSession::MakeBytes(Datum::Items arguments) {
  if (arguments.size() == 0) return builder_.Text(DatumKind::kBytes, {});
  if (arguments.size() == 1 && arguments[0].kind() == DatumKind::kBytes) {
    return builder_.Text(DatumKind::kBytes, arguments[0].text());
  }
  if (arguments.size() == 2 && arguments[0].is_string()) {
    return Encode(arguments[0], arguments[1].text());
  }
  return BadData("bytes made of something else than bytes");
}

Result<Datum*> PickleSession::Encode(const Datum& text, std::string_view encoding) {
  if (!text.is_string()) return BadData("the encoding of something that is no string");
  const std::string_view source = text.text();
  if (encoding == "utf-8" || encoding == "utf8" || encoding == "ascii" || IsAscii(source)) {
    return builder_.Text(DatumKind::kBytes, source);
  }
  if (encoding != "latin1" && encoding != "latin-1" && encoding != "iso-8859-1") {
    return Status(StatusCode::kUnsupported, "bytes in an encoding other than latin1 and utf-8");
  }
  // Latin-1's characters are one or two bytes of UTF-8: 0xc2 or 0xc3 and a continuation.
  std::string bytes;
  bytes.reserve(source.size());
  for (size_t i = 0; i < source.size(); ++i) {
    const auto lead = static_cast<uint8_t>(source[i]);
    if (lead < 0x80) {
      bytes += source[i];
    } else if (lead <= 0xc3) {
      bytes += static_cast<char>((lead & 3) << 6 | (static_cast<uint8_t>(source[++i]) & 0x3f));
    } else {
      return BadData("a string with characters outside Latin-1 encoded as Latin-1");
    }
  }
  return builder_.Text(DatumKind::kBytes, builder_.CopyText(bytes));
}

// --- numpy ------------------------------------------------------------------------------------

// dtype(description, align, copy)
Result<Datum*> PickleSession::MakeDType(Datum::Items arguments) {
  if (arguments.size() < 1 || !BytesOf(arguments[0])) return BadData("a dtype without its name");
  GESTA_ASSIGN_OR_RETURN(const DType type, ParseDType(*BytesOf(arguments[0])));
  return NewOpaque({OpaqueKind::kDType, nullptr, type, 0});
}

// (version, byte order, subarray, names, fields, item size, alignment, flags, …)
Status PickleSession::BuildDType(Opaque* opaque, Datum::Items state) {
  if (state.size() < 7 || !BytesOf(state[1]) || state[1].text().size() != 1) {
    return BadData("a damaged dtype");
  }
  if (!state[2].is_null() || !state[3].is_null()) {
    return Status(StatusCode::kUnsupported, "an array of structures");
  }
  DType& type = opaque->dtype;
  if (!SetByteOrder(state[1].text()[0], &type)) return BadData("a dtype of unknown byte order");
  const bool text = type.type == ElementType::kUnicode || type.type == ElementType::kBytes;
  if (text && state[5].integer() >= 0) {
    type.item_size = static_cast<size_t>(state[5].integer());
    if (type.type == ElementType::kUnicode && type.item_size % 4 != 0) {
      return BadData("a text dtype of impossible size");
    }
  }
  return Status::Ok();
}

// scalar(dtype, bytes)
Result<Datum*> PickleSession::MakeScalar(Datum::Items arguments) {
  const Opaque* opaque =
      arguments.size() == 2 ? AsOpaque(arguments[0], OpaqueKind::kDType) : nullptr;
  if (opaque == nullptr) return BadData("a numpy scalar without its dtype");
  if (opaque->dtype.type == ElementType::kObject) return Mutable(arguments[1]);
  const auto bytes = BytesOf(arguments[1]);
  if (!bytes || bytes->size() != opaque->dtype.item_size) {
    return BadData(fmt::format("a numpy {} scalar whose data is not {} bytes",
                               DTypeName(opaque->dtype), opaque->dtype.item_size));
  }
  return ScalarOf(opaque->dtype, *bytes);
}

Result<Datum*> PickleSession::ScalarOf(const DType& type, std::string_view bytes) {
  if (type.type == ElementType::kBytes) {
    while (!bytes.empty() && bytes.back() == '\0') bytes.remove_suffix(1);
    return builder_.Text(DatumKind::kBytes, bytes);
  }
  if (type.type == ElementType::kUnicode) {
    std::string text;
    text.reserve(bytes.size() / 4);
    size_t length = bytes.size() / 4;
    const auto at = [&](size_t i) {
      const auto c = LoadHost<uint32_t>(bytes.substr(4 * i));
      return type.swap_bytes ? __builtin_bswap32(c) : c;
    };
    while (length > 0 && at(length - 1) == 0) --length;
    for (size_t i = 0; i < length; ++i) {
      if (!AppendUtf8(at(i), &text)) return BadData("a numpy string with an impossible character");
    }
    return builder_.Text(DatumKind::kString, builder_.CopyText(text));
  }
  char host[8];
  for (size_t i = 0; i < bytes.size(); ++i) {
    host[i] = bytes[type.swap_bytes ? bytes.size() - 1 - i : i];
  }
  const std::string_view value(host, bytes.size());
  switch (type.type) {
    case ElementType::kBool:
      return builder_.Bool(host[0] != 0);
    case ElementType::kInt8:
      return builder_.Int(LoadHost<int8_t>(value));
    case ElementType::kInt16:
      return builder_.Int(LoadHost<int16_t>(value));
    case ElementType::kInt32:
      return builder_.Int(LoadHost<int32_t>(value));
    case ElementType::kInt64:
      return builder_.Int(LoadHost<int64_t>(value));
    case ElementType::kUInt8:
      return builder_.Int(LoadHost<uint8_t>(value));
    case ElementType::kUInt16:
      return builder_.Int(LoadHost<uint16_t>(value));
    case ElementType::kUInt32:
      return builder_.Int(LoadHost<uint32_t>(value));
    case ElementType::kUInt64: {
      const auto number = LoadHost<uint64_t>(value);
      if (number <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
        return builder_.Int(static_cast<int64_t>(number));
      }
      return builder_.Text(DatumKind::kBigInt, builder_.CopyText(fmt::format("{}", number)));
    }
    case ElementType::kFloat16:
      return builder_.Float(HalfToFloat(LoadHost<uint16_t>(value)));
    case ElementType::kFloat32:
      return builder_.Float(LoadHost<float>(value));
    case ElementType::kFloat64:
      return builder_.Float(LoadHost<double>(value));
    default:
      return Status(StatusCode::kInternal, "a numpy scalar of unexpected type");
  }
}

// _frombuffer(data, dtype, shape, order)
Result<Datum*> PickleSession::MakeFromBuffer(Datum::Items arguments) {
  const Opaque* opaque =
      arguments.size() == 4 ? AsOpaque(arguments[1], OpaqueKind::kDType) : nullptr;
  if (opaque == nullptr || !BytesOf(arguments[0])) return BadData("a damaged numpy array");
  const auto shape = Integers(arguments[2]);
  if (!shape || opaque->dtype.type == ElementType::kObject) return BadData("a damaged numpy array");
  Datum* array = builder_.Container(DatumKind::kArray);
  ArraySource source;
  source.type = opaque->dtype.type;
  source.item_size = opaque->dtype.item_size;
  source.swap_bytes = opaque->dtype.swap_bytes;
  source.shape = *shape;
  if (arguments[3].text() == "F") source.strides = FortranStrides(*shape);
  source.bytes = *BytesOf(arguments[0]);
  GESTA_RETURN_IF_ERROR(builder_.FillArray(array, source));
  return array;
}

// ([version,] shape, dtype, is Fortran order, data)
Status PickleSession::BuildArray(Datum* array, Datum::Items state) {
  const size_t first = state.size() == 5 ? 1 : 0;
  if (state.size() != first + 4) return BadData("a damaged numpy array");
  const auto shape = Integers(state[first]);
  const Opaque* opaque = AsOpaque(state[first + 1], OpaqueKind::kDType);
  const Datum& order = state[first + 2];
  const Datum& data = state[first + 3];
  const bool fortran = order.boolean() || order.integer() != 0;
  if (!shape || opaque == nullptr) return BadData("a damaged numpy array");
  if (opaque->dtype.type == ElementType::kObject) {
    if (!data.is_sequence()) return BadData("an object array without its list of values");
    return builder_.FillObjects(array, *shape, data.items().data(), data.size());
  }
  if (!BytesOf(data)) return BadData("a numpy array without its bytes");
  ArraySource source;
  source.type = opaque->dtype.type;
  source.item_size = opaque->dtype.item_size;
  source.swap_bytes = opaque->dtype.swap_bytes;
  source.shape = *shape;
  if (fortran) source.strides = FortranStrides(*shape);
  source.bytes = *BytesOf(data);
  return builder_.FillArray(array, source);
}

// --- calls ------------------------------------------------------------------------------------

Result<Datum*> PickleSession::Call(const Piece& piece, const Datum& callable,
                                   Datum::Items arguments) {
  const Opaque* opaque = AsOpaque(callable, OpaqueKind::kName);
  if (opaque == nullptr) {
    return BadData(fmt::format("the pickle calls a {}", DatumKindName(callable.kind())));
  }
  const PythonName& name = *opaque->name;
  switch (name.call) {
    case PythonCall::kOrderedDict:
    case PythonCall::kDict:
      return MakeDict(arguments, 0);
    case PythonCall::kDefaultDict:
      return MakeDict(arguments, 1);
    case PythonCall::kList:
      return MakeSequence(DatumKind::kList, arguments);
    case PythonCall::kTorchSize:
    case PythonCall::kTuple:
      return MakeSequence(DatumKind::kTuple, arguments);
    case PythonCall::kSet:
      return MakeSequence(DatumKind::kSet, arguments);
    case PythonCall::kBytes:
      return MakeBytes(arguments);
    case PythonCall::kCodecsEncode:
      if (arguments.size() < 1) return BadData("an encoding of nothing");
      return Encode(arguments[0], arguments.size() > 1 ? arguments[1].text() : "utf-8");
    case PythonCall::kNumpyReconstruct: {
      const Opaque* type =
          arguments.size() >= 1 ? AsOpaque(arguments[0], OpaqueKind::kName) : nullptr;
      if (type == nullptr || type->name->call != PythonCall::kNdArray) {
        return BadData("a numpy array of unknown class");
      }
      return builder_.Container(DatumKind::kArray);
    }
    case PythonCall::kNumpyScalar:
      return MakeScalar(arguments);
    case PythonCall::kNumpyFromBuffer:
      return MakeFromBuffer(arguments);
    case PythonCall::kNumpyDType:
      return MakeDType(arguments);
    case PythonCall::kTorchTensor:
      return MakeTensor(arguments, false);
    case PythonCall::kTorchTensorOfDType:
      return MakeTensor(arguments, true);
    case PythonCall::kTorchFirstArgument:
      if (arguments.size() < 1 || !arguments[0].is_array()) return BadData("a damaged tensor");
      return Mutable(arguments[0]);
    case PythonCall::kTorchFromType:
      if (arguments.size() < 3 || arguments[2].kind() != DatumKind::kTuple) {
        return BadData("a damaged tensor");
      }
      if (const Opaque* inner = AsOpaque(arguments[0], OpaqueKind::kName);
          inner == nullptr || inner->name->call == PythonCall::kTorchFromType) {
        return BadData("a damaged tensor");
      }
      return Call(piece, arguments[0], arguments[2].items());
    case PythonCall::kTorchLoadFromBytes:
      return LoadFromBytes(piece, arguments);
    case PythonCall::kTorchDevice: {
      if (arguments.size() < 1 || !arguments[0].is_string()) return BadData("a damaged device");
      if (arguments.size() < 2) return Mutable(arguments[0]);
      const std::string device = fmt::format("{}:{}", arguments[0].text(), arguments[1].integer());
      return builder_.Text(DatumKind::kString, builder_.CopyText(device));
    }
    case PythonCall::kNone:
    case PythonCall::kNdArray:
    case PythonCall::kTorchStorage:
    case PythonCall::kTorchUntypedStorage:
    case PythonCall::kTorchDType:
      break;
  }
  return Status(StatusCode::kUnsupported,
                fmt::format("the pickle makes an object of '{}.{}'", name.module, name.name));
}

Status PickleSession::Build(Datum* object, const Datum& state) {
  if (object->is_array() && state.kind() == DatumKind::kTuple) {
    return BuildArray(object, state.items());
  }
  if (Opaque* dtype = AsOpaque(*object, OpaqueKind::kDType);
      dtype != nullptr && state.kind() == DatumKind::kTuple) {
    return BuildDType(dtype, state.items());
  }
  // Attributes of an OrderedDict (a state_dict's _metadata) or of a tensor are no data of theirs.
  const bool attributes = state.is_dict() || state.is_null() || state.kind() == DatumKind::kTuple;
  if ((object->is_dict() || object->is_array()) && attributes) return Status::Ok();
  return Status(StatusCode::kUnsupported,
                fmt::format("the pickle sets the state of a {}", DatumKindName(object->kind())));
}

}  // namespace gesta::format

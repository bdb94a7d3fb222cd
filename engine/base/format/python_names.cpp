#include "format/python_names.h"

namespace gesta::format {

namespace {

using E = ElementType;
using C = PythonCall;

constexpr PythonName kNames[] = {
    {"collections", "OrderedDict", C::kOrderedDict},
    {"collections", "defaultdict", C::kDefaultDict},
    {"builtins", "dict", C::kDict},
    {"builtins", "list", C::kList},
    {"builtins", "tuple", C::kTuple},
    {"builtins", "set", C::kSet},
    {"builtins", "frozenset", C::kSet},
    {"builtins", "bytes", C::kBytes},
    {"builtins", "bytearray", C::kBytes},
    {"builtins", "str", C::kNone},
    {"builtins", "int", C::kNone},
    {"builtins", "float", C::kNone},
    {"builtins", "bool", C::kNone},
    {"builtins", "object", C::kNone},
    {"_codecs", "encode", C::kCodecsEncode},

    {"numpy", "ndarray", C::kNdArray},
    {"numpy", "dtype", C::kNumpyDType},
    {"numpy.core.multiarray", "_reconstruct", C::kNumpyReconstruct},
    {"numpy.core.multiarray", "scalar", C::kNumpyScalar},
    {"numpy.core.numeric", "_frombuffer", C::kNumpyFromBuffer},
    {"numpy", "bool_", C::kNone},
    {"numpy", "bool", C::kNone},
    {"numpy", "int8", C::kNone},
    {"numpy", "int16", C::kNone},
    {"numpy", "int32", C::kNone},
    {"numpy", "int64", C::kNone},
    {"numpy", "uint8", C::kNone},
    {"numpy", "uint16", C::kNone},
    {"numpy", "uint32", C::kNone},
    {"numpy", "uint64", C::kNone},
    {"numpy", "float16", C::kNone},
    {"numpy", "float32", C::kNone},
    {"numpy", "float64", C::kNone},
    {"numpy", "str_", C::kNone},
    {"numpy", "bytes_", C::kNone},
    {"numpy", "object_", C::kNone},

    {"torch._utils", "_rebuild_tensor", C::kTorchTensor},
    {"torch._utils", "_rebuild_tensor_v2", C::kTorchTensor},
    {"torch._utils", "_rebuild_tensor_v3", C::kTorchTensorOfDType},
    {"torch._utils", "_rebuild_parameter", C::kTorchFirstArgument},
    {"torch._utils", "_rebuild_parameter_with_state", C::kTorchFirstArgument},
    {"torch._utils", "_rebuild_device_tensor_from_numpy", C::kTorchFirstArgument},
    {"torch._utils", "_rebuild_device_tensor_from_cpu_tensor", C::kTorchFirstArgument},
    {"torch._utils", "_rebuild_xla_tensor", C::kTorchFirstArgument},
    {"torch._utils", "_rebuild_mlc_tensor", C::kTorchFirstArgument},
    {"torch._tensor", "_rebuild_from_type_v2", C::kTorchFromType},
    {"torch.storage", "_load_from_bytes", C::kTorchLoadFromBytes},
    {"torch", "Tensor", C::kNone},
    {"torch.nn.parameter", "Parameter", C::kNone},
    {"torch", "Size", C::kTorchSize},
    {"torch", "device", C::kTorchDevice},
    {"torch", "FloatStorage", C::kTorchStorage, E::kFloat32},
    {"torch", "DoubleStorage", C::kTorchStorage, E::kFloat64},
    {"torch", "HalfStorage", C::kTorchStorage, E::kFloat16},
    {"torch", "BFloat16Storage", C::kTorchStorage, E::kBFloat16},
    {"torch", "LongStorage", C::kTorchStorage, E::kInt64},
    {"torch", "IntStorage", C::kTorchStorage, E::kInt32},
    {"torch", "ShortStorage", C::kTorchStorage, E::kInt16},
    {"torch", "CharStorage", C::kTorchStorage, E::kInt8},
    {"torch", "ByteStorage", C::kTorchStorage, E::kUInt8},
    {"torch", "BoolStorage", C::kTorchStorage, E::kBool},
    {"torch.storage", "UntypedStorage", C::kTorchUntypedStorage},
    {"torch.storage", "_UntypedStorage", C::kTorchUntypedStorage},
    {"torch", "UntypedStorage", C::kTorchUntypedStorage},
    {"torch", "float32", C::kTorchDType, E::kFloat32},
    {"torch", "float64", C::kTorchDType, E::kFloat64},
    {"torch", "float16", C::kTorchDType, E::kFloat16},
    {"torch", "bfloat16", C::kTorchDType, E::kBFloat16},
    {"torch", "int64", C::kTorchDType, E::kInt64},
    {"torch", "int32", C::kTorchDType, E::kInt32},
    {"torch", "int16", C::kTorchDType, E::kInt16},
    {"torch", "int8", C::kTorchDType, E::kInt8},
    {"torch", "uint8", C::kTorchDType, E::kUInt8},
    {"torch", "uint16", C::kTorchDType, E::kUInt16},
    {"torch", "uint32", C::kTorchDType, E::kUInt32},
    {"torch", "uint64", C::kTorchDType, E::kUInt64},
    {"torch", "bool", C::kTorchDType, E::kBool},
};

// The module under the name that the table has: Python 2's, numpy 2's and older torch's names.
std::string_view Canonical(std::string_view module) {
  if (module == "__builtin__") return "builtins";
  if (module == "numpy._core.multiarray") return "numpy.core.multiarray";
  if (module == "numpy._core.numeric") return "numpy.core.numeric";
  if (module == "torch.cuda") return "torch";
  if (module == "torch.tensor") return "torch._tensor";
  return module;
}

}  // namespace

const PythonName* FindPythonName(std::string_view module, std::string_view name) {
  const std::string_view canonical = Canonical(module);
  for (const PythonName& known : kNames) {
    if (known.name == name && known.module == canonical) return &known;
  }
  return nullptr;
}

}  // namespace gesta::format

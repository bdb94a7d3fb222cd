// The fixed table of the classes and functions that a pickle may name.
#ifndef GESTA_ENGINE_BASE_FORMAT_PYTHON_NAMES_H_
#define GESTA_ENGINE_BASE_FORMAT_PYTHON_NAMES_H_

#include <string_view>

#include "gesta/format/ndarray.h"

namespace gesta::format {

// What a name does when it is called; see PickleMachine::Call.
enum class PythonCall {
  kNone,  // a class that may only be mentioned
  kOrderedDict,
  kDefaultDict,
  kDict,
  kList,
  kTuple,
  kSet,
  kBytes,
  kCodecsEncode,
  kNdArray,  // the class, as an argument of _reconstruct
  kNumpyReconstruct,
  kNumpyScalar,
  kNumpyFromBuffer,
  kNumpyDType,
  kTorchTensor,         // (storage, offset, size, stride, …)
  kTorchTensorOfDType,  // the same with a dtype as seventh argument
  kTorchFirstArgument,  // wraps its first argument: parameters, tensors of special devices
  kTorchFromType,       // (function, class, arguments, state)
  kTorchLoadFromBytes,
  kTorchStorage,  // a storage class with an element type
  kTorchUntypedStorage,
  kTorchDType,
  kTorchSize,
  kTorchDevice,
};

struct PythonName {
  std::string_view module;
  std::string_view name;
  PythonCall call;
  ElementType element = ElementType::kUInt8;  // of kTorchStorage and kTorchDType
};

// Null for a name that is not in the table.
const PythonName* FindPythonName(std::string_view module, std::string_view name);

}  // namespace gesta::format

#endif  // GESTA_ENGINE_BASE_FORMAT_PYTHON_NAMES_H_

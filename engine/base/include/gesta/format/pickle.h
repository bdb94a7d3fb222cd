// Python pickles and torch files as plain data.
//
// Nothing of a file is ever executed: classes and functions are looked up in a fixed table
// (containers of the standard library, numpy arrays and scalars, torch tensors), and any other name
// is an error that says which. What becomes of Python's values:
//
//   None, bool, int, float, str, bytes     the Datum of that kind; bytearray: kBytes
//   str of Python 2                        kString if it is UTF-8, otherwise kBytes
//   list, tuple, set, frozenset, dict      likewise; OrderedDict, defaultdict: kDict
//   numpy array; torch tensor, parameter   kArray (of any device; requires_grad and hooks are
//   dropped) numpy scalar                           kBool, kInt, kFloat, kString, kBytes
//   torch.Size; torch.device               kTuple; kString such as "cuda:0"
//   a class or dtype as a value            kString with its name, e.g. "torch.float16"
#ifndef GESTA_FORMAT_PICKLE_H_
#define GESTA_FORMAT_PICKLE_H_

#include <string>

#include "gesta/format/document.h"
#include "gesta/format/file.h"
#include "gesta/status.h"

namespace gesta::format {

// Reads a pickle of protocol 0 to 5, or a file of torch.save in its zip format or its older stream
// format; which one is seen from the bytes. Errors (kNotFound, kIo, kBadData, kUnsupported) name
// the file and the byte.
Result<Document> ReadPickle(const std::string& path, const Limits& limits = {});

// The same for bytes in memory; `name` stands for the file in messages.
Result<Document> ParsePickle(FileBuffer bytes, const std::string& name, const Limits& limits = {});

}  // namespace gesta::format

#endif  // GESTA_FORMAT_PICKLE_H_

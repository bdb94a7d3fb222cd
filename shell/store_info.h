// A store's size, as a table.
#ifndef GESTA_SHELL_STORE_INFO_H_
#define GESTA_SHELL_STORE_INFO_H_

#include "gesta/status.h"
#include "gesta/store.h"
#include "print/printer.h"
#include "sink.h"

namespace gesta::shell {

// Writes one row: path, format version, bytes on disk, last commit, nodes, relationships, labels,
// relationship types, property keys, indexes, constraints.
Status PrintStoreInfo(Store& store, OutputMode mode, Sink& sink);

}  // namespace gesta::shell

#endif  // GESTA_SHELL_STORE_INFO_H_

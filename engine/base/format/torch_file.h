// Files of torch.save: which format they have, and where their storages are.
#ifndef GESTA_ENGINE_BASE_FORMAT_TORCH_FILE_H_
#define GESTA_ENGINE_BASE_FORMAT_TORCH_FILE_H_

#include "format/pickle_session.h"
#include "gesta/status.h"

namespace gesta::format {

// The root value of a pickle, a torch zip archive or a torch stream, whichever the bytes are.
Result<Datum*> ReadPickledValue(PickleSession* session, const Piece& piece);

}  // namespace gesta::format

#endif  // GESTA_ENGINE_BASE_FORMAT_TORCH_FILE_H_

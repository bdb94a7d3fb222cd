#include "gesta/format/pickle.h"

#include <utility>

#include "format/pickle_session.h"
#include "format/torch_file.h"

namespace gesta::format {

Result<Document> ReadPickle(const std::string& path, const Limits& limits) {
  GESTA_ASSIGN_OR_RETURN(FileBuffer bytes, ReadWholeFile(path));
  return ParsePickle(std::move(bytes), path, limits);
}

Result<Document> ParsePickle(FileBuffer bytes, const std::string& name, const Limits& limits) {
  DocumentBuilder builder(bytes.size, limits);
  const Piece piece{builder.Adopt(std::move(bytes)), name};
  PickleSession session(&builder);
  GESTA_ASSIGN_OR_RETURN(Datum* const root, ReadPickledValue(&session, piece));
  auto document = builder.Finish(root, [&](Datum* opaque) { return session.Resolve(opaque); });
  if (!document.ok()) return document.status().WithContext(name);
  return document;
}

}  // namespace gesta::format

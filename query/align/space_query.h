// What is searched in an embedding space: vectors from values, nodes and texts.
#ifndef GESTA_QUERY_ALIGN_SPACE_QUERY_H_
#define GESTA_QUERY_ALIGN_SPACE_QUERY_H_

#include <functional>
#include <string>
#include <vector>

#include "align/aligner.h"
#include "gesta/models.h"
#include "gesta/status.h"
#include "gesta/store.h"
#include "gesta/value.h"

namespace gesta::align {

// The space of that name, or an error that says how to make one.
Result<const SpaceInfo*> FindSpace(const Transaction& transaction, const std::string& name);

// The elements of a list of numbers; kType names `what`.
Result<std::vector<float>> VectorOf(const Value& list, std::string_view what);

// The vectors of texts by the space's model, row after row. kNotFound without a model; kConflict
// when the model is not the version that embedded the space's nodes.
Status EmbedForSpace(const SpaceInfo& space, ModelProvider* models,
                     const std::vector<std::string>& texts,
                     const std::function<Status()>& check_interrupt, std::vector<float>* rows);

}  // namespace gesta::align

#endif  // GESTA_QUERY_ALIGN_SPACE_QUERY_H_

// The part of Store::Check that is about embedding spaces.
#ifndef GESTA_STORE_CHECK_VECTORS_H_
#define GESTA_STORE_CHECK_VECTORS_H_

#include <functional>
#include <string>

#include "store/store_impl.h"

namespace gesta::store {

// Every vector and every sequence belongs to a space and a node and can be read; there are as many
// as the statistics say; the log of changes can be read; spaces have known labels.
Status CheckVectors(const Version& version, const std::function<void(std::string)>& report);

}  // namespace gesta::store

#endif  // GESTA_STORE_CHECK_VECTORS_H_

// Properties in stored form, as rows and index entries take them.
#ifndef GESTA_STORE_ENCODED_PROPERTIES_H_
#define GESTA_STORE_ENCODED_PROPERTIES_H_

#include <string>
#include <vector>

#include "store/row.h"

namespace gesta::store {

class EncodedProperties {
 public:
  // Replaces the content. Nulls are left out; of equal keys the last one wins. kType: a value that
  // cannot be stored.
  Status Assign(const std::vector<Property>& properties);

  // Ascending by key; the views are valid until the next Assign.
  const std::vector<RawProperty>& list() const { return list_; }

 private:
  std::string bytes_;
  std::vector<RawProperty> list_;
  // Scratch.
  std::vector<const Property*> order_;
  std::vector<size_t> ends_;
};

}  // namespace gesta::store

#endif  // GESTA_STORE_ENCODED_PROPERTIES_H_

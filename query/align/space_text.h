// The text that a space embeds for a node.
#ifndef GESTA_QUERY_ALIGN_SPACE_TEXT_H_
#define GESTA_QUERY_ALIGN_SPACE_TEXT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "align/node_text.h"
#include "gesta/status.h"
#include "gesta/store.h"

namespace gesta::align {

// A space's template ("a video of {text}") with its properties looked up.
class SpaceText {
 public:
  SpaceText(const SpaceInfo& space, Transaction* transaction);

  // The template with the node's properties in its places; without a template the node's name.
  // Empty where a property is missing or no text: the node has nothing to embed.
  Result<std::string> Of(NodeId node);

 private:
  struct Part {
    std::string text;
    bool is_property = false;  // then the text is its name
    NameId property = kNoName;
  };

  NodeReader reader_;
  std::vector<Part> parts_;
};

// A hash of what a vector is made from: the model's version, the padding and the text; never 0,
// which means unknown.
uint64_t SourceHash(std::string_view version, std::string_view padding, std::string_view text);

}  // namespace gesta::align

#endif  // GESTA_QUERY_ALIGN_SPACE_TEXT_H_

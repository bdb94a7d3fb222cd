#include "align/space_text.h"

namespace gesta::align {

SpaceText::SpaceText(const SpaceInfo& space, Transaction* transaction) : reader_(transaction) {
  const std::string& form = space.text;
  for (size_t at = 0; at < form.size();) {
    const size_t open = form.find('{', at);
    const size_t close = open == std::string::npos ? open : form.find('}', open);
    if (close == std::string::npos) {
      parts_.push_back({form.substr(at), false, kNoName});
      break;
    }
    if (open > at) parts_.push_back({form.substr(at, open - at), false, kNoName});
    Part part{form.substr(open + 1, close - open - 1), true, kNoName};
    part.property = transaction->FindName(NameKind::kProperty, part.text);
    parts_.push_back(std::move(part));
    at = close + 1;
  }
}

Result<std::string> SpaceText::Of(NodeId node) {
  if (parts_.empty()) {
    GESTA_ASSIGN_OR_RETURN(NodeReader::Texts texts, reader_.Read(node));
    return std::move(texts.name);
  }
  GESTA_ASSIGN_OR_RETURN(const std::vector<Property> properties,
                         reader_.transaction().GetNodeProperties(node));
  std::string text;
  for (const Part& part : parts_) {
    if (!part.is_property) {
      text += part.text;
      continue;
    }
    const Property* found = nullptr;
    for (const Property& property : properties) {
      if (property.key == part.property) found = &property;
    }
    if (part.property == kNoName || !found) return std::string();
    if (found->value.type() == ValueType::kString) {
      if (found->value.AsString().empty()) return std::string();
      text += found->value.AsString();
    } else {
      text += ToText(found->value, /*quote=*/false);
    }
  }
  return text;
}

// FNV-1a.
uint64_t SourceHash(std::string_view version, std::string_view padding, std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325u;
  const auto add = [&](std::string_view bytes) {
    for (const char byte : bytes) {
      hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3u;
    }
    hash = (hash ^ 0xff) * 0x100000001b3u;  // no byte of UTF-8: parts stay apart
  };
  add(version);
  add(padding);
  add(text);
  return hash == 0 ? 1 : hash;
}

}  // namespace gesta::align

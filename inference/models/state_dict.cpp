#include "models/state_dict.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "gesta/format/pickle.h"

namespace gesta::models {
namespace {

using format::Datum;
using format::NdArray;

Status Bad(const std::string& path, std::string_view tensor, const std::string& what) {
  return Status(StatusCode::kBadData, fmt::format("{}: the tensor '{}' {}", path, tensor, what));
}

// Splits "NAME.weight" at its last dot.
std::pair<std::string_view, std::string_view> SplitName(std::string_view name) {
  const size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return {name, ""};
  return {name.substr(0, dot), name.substr(dot + 1)};
}

Status ReadFloats(const std::string& path, std::string_view name, const NdArray& array,
                  std::vector<float>* out) {
  if (!format::IsFloating(array.type())) {
    return Bad(path, name,
               fmt::format("has elements of type {}, not floating point numbers",
                           format::ElementTypeName(array.type())));
  }
  out->resize(array.size());
  array.CopyFloats(0, array.size(), out->data());
  const bool finite =
      std::all_of(out->begin(), out->end(), [](float value) { return std::isfinite(value); });
  return finite ? Status::Ok() : Bad(path, name, "has elements that are not finite");
}

}  // namespace

Result<std::vector<LinearLayer>> ReadLinearLayers(const std::string& path) {
  GESTA_ASSIGN_OR_RETURN(const format::Document document, format::ReadPickle(path));
  if (!document.root().is_dict()) {
    return Status(StatusCode::kBadData,
                  path + ": is no state_dict, but a " +
                      std::string(format::DatumKindName(document.root().kind())));
  }
  std::vector<LinearLayer> layers;
  for (const Datum::Entry& entry : document.root().entries()) {
    const std::string_view name = entry.key->text();
    if (!entry.value->is_array()) return Bad(path, name, "is no tensor");
    const NdArray& array = entry.value->array();
    const auto [layer, part] = SplitName(name);
    if (part == "weight" && array.shape().size() == 2 && array.size() > 0) {
      LinearLayer linear;
      linear.name = layer;
      linear.outputs = array.shape()[0];
      linear.inputs = array.shape()[1];
      if (!layers.empty() && layers.back().outputs != linear.inputs) {
        return Bad(path, name,
                   fmt::format("takes {} numbers, but the layer '{}' before it gives {}",
                               linear.inputs, layers.back().name, layers.back().outputs));
      }
      GESTA_RETURN_IF_ERROR(ReadFloats(path, name, array, &linear.weight));
      linear.bias.assign(static_cast<size_t>(linear.outputs), 0);
      layers.push_back(std::move(linear));
    } else if (part == "bias" && !layers.empty() && layers.back().name == layer &&
               array.shape() == std::vector<int64_t>{layers.back().outputs}) {
      GESTA_RETURN_IF_ERROR(ReadFloats(path, name, array, &layers.back().bias));
    } else {
      return Bad(path, name,
                 fmt::format("of shape ({}) does not belong to a network of linear layers",
                             fmt::join(array.shape(), ", ")));
    }
  }
  if (layers.empty()) return Status(StatusCode::kBadData, path + ": has no linear layers");
  return layers;
}

}  // namespace gesta::models

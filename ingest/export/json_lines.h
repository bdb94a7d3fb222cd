// Exports as JSON Lines. One object a line, in this order:
//
//   {"kind": "gesta-export", "version": 1}
//   {"kind": "space", "name", "labels", "model", "model_version", "dimension", "metric", "type",
//    "text", "padding", "m", "ef_construction", "logit_scale", "logit_bias"}   (the last two where
//    they are known)
//   {"kind": "constraint", "name", "type": "unique"|"exists", "entity": "node"|"relationship",
//    "label", "properties": [keys]}
//   {"kind": "index", "name", "entity", "label", "properties"}    not those of constraints
//   {"kind": "node", "id": 7, "labels": [], "properties": {}}     values: value_json.h
//   {"kind": "relationship", "id": 3, "type", "start": 7, "end": 9, "properties": {}}
//   {"kind": "vector", "space", "node": 7, "source", "elements"}
//   {"kind": "sequence", "space", "node": 7, "frames", "start", "step", "source", "first", "rows"}
//   {"kind": "record", "key", "value"}                            or "base64" instead of "value"
//   {"kind": "end", "nodes", "relationships", "vectors", "sequences", "records"}
//
// `elements` and `rows` (frames x dimension, some of a sequence, from frame `first`) are base64 of
// little-endian numbers of the space's type. `source` is 16 hexadecimal digits. A label or type is
// `label` everywhere in the schema. An export without its last line was cut off.
#ifndef GESTA_INGEST_EXPORT_JSON_LINES_H_
#define GESTA_INGEST_EXPORT_JSON_LINES_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "export/byte_sink.h"
#include "export/graph_sink.h"
#include "export/names.h"

namespace gesta::ingest {

inline constexpr int kJsonLinesVersion = 1;

// Appends lines, or parts of them, to a text. Borrows the transaction.
class JsonLineWriter {
 public:
  explicit JsonLineWriter(Transaction& transaction)
      : transaction_(transaction), names_(transaction) {}

  // Header and schema, each line with its end. `canonical`: in order of names.
  std::string Schema(bool canonical) const;
  // `"labels": […], "properties": {…}`; only properties for which `keep` says so.
  void AppendLabels(const std::vector<NameId>& labels, std::string* out) const;
  template <typename Keep>
  void AppendProperties(const std::vector<Property>& properties, const Keep& keep,
                        std::string* out);
  void AppendNode(const NodeRecord& node, std::string* out);
  void AppendRelationship(const FullRelationship& relationship, std::string* out);
  // `node`: as JSON.
  static void AppendVector(const SpaceInfo& space, const VectorRecord& vector,
                           std::string_view node, const std::vector<float>& elements,
                           std::string* out);
  static void AppendSequence(const SpaceInfo& space, const SequenceRecord& sequence,
                             std::string_view node, uint64_t first, const std::vector<float>& rows,
                             std::string* out);
  static void AppendRecord(std::string_view key, std::string_view value, std::string* out);
  static void AppendEnd(const ExportSummary& counts, std::string* out);

  GraphNames& names() { return names_; }

 private:
  void AppendProperty(const Property& property, bool first, std::string* out) const;

  Transaction& transaction_;
  GraphNames names_;
};

template <typename Keep>
void JsonLineWriter::AppendProperties(const std::vector<Property>& properties, const Keep& keep,
                                      std::string* out) {
  *out += "\"properties\": {";
  bool first = true;
  for (const size_t place : names_.Order(properties)) {
    if (!keep(properties[place].key)) continue;
    AppendProperty(properties[place], first, out);
    first = false;
  }
  out->push_back('}');
}

// Numbers of a space's type, as bytes in little-endian order, and back; false: not whole numbers.
std::string PackElements(VectorElement type, const std::vector<float>& elements);
bool UnpackElements(VectorElement type, std::string_view bytes, std::vector<float>* elements);

Result<std::unique_ptr<GraphSink>> MakeJsonLinesSink(Transaction& transaction,
                                                     const ExportOptions& options);

}  // namespace gesta::ingest

#endif  // GESTA_INGEST_EXPORT_JSON_LINES_H_

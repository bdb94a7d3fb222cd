// BoxRowReader: rows of annotation files in which a row is an action of a person in a box at one
// second of a video, with the states of the body's parts, or with the object that is acted on.
//
//   video, frame, x1, y1, x2, y2, action, human_id, foot, leg, hip, hand, arm, head
//   video, frame, h_x1 … h_y2, o_x1 … o_y2, action, object_name, human_id, object_id
//
// A header names the columns, in any order and with others between them; files of the first kind
// may have none. Coordinates are parts of the picture's width and height, in [0, 1].
#ifndef GESTA_INGEST_JOBS_BOX_ROWS_H_
#define GESTA_INGEST_JOBS_BOX_ROWS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/status.h"
#include "jobs/part_states.h"
#include "readers/csv_reader.h"

namespace gesta::ingest {

struct Box {
  double x1 = 0, y1 = 0, x2 = 0, y2 = 0;
};

struct BoxRow {
  std::string_view video;  // these texts are valid until the next row
  double time = 0;         // seconds
  Box person_box;
  int64_t person = 0;             // number of the person inside the video
  std::optional<int64_t> action;  // none: the row is about the box alone
  PartStates::Set states;
  bool has_object = false;
  Box object_box;
  std::string_view object_name;
  std::optional<int64_t> object_class;  // the class's number
};

class BoxRowReader {
 public:
  enum class Columns {
    kStates,   // those of the parts are required; the file may lack a header
    kObjects,  // those of the object are required, those of the parts are read where they are
  };

  // `states` is borrowed. kBadData: the columns are others, with file and line.
  static Result<BoxRowReader> Open(const std::string& path, Columns columns,
                                   const PartStates& states);

  // After kBadRecord and kFailed, status() says what is wrong and where.
  readers::ReadState Next();
  const BoxRow& row() const { return row_; }
  const Status& status() const { return status_; }
  uint64_t line_number() const { return reader_.line_number(); }
  const readers::ByteSource& source() const { return reader_.source(); }

 private:
  enum Column : size_t {
    kVideo,
    kFrame,
    kAction,
    kPerson,
    kX1,
    kY1,
    kX2,
    kY2,
    kObjectX1,
    kObjectY1,
    kObjectX2,
    kObjectY2,
    kObjectName,
    kObjectId,
    kParts,  // six of them
    kColumns = kParts + kBodyParts.size()
  };
  static constexpr size_t kNone = ~size_t{0};

  BoxRowReader(readers::CsvReader reader, const PartStates* states)
      : reader_(std::move(reader)), states_(states) {
    places_.fill(kNone);
  }
  static std::string ColumnName(size_t column);
  // Reads the first record, as a header or as a row.
  Status ReadColumns(Columns columns);
  Status UseHeader(Columns columns, const std::vector<std::string>& header);
  std::string_view Field(size_t column) const;
  bool Has(size_t column) const { return places_[column] != kNone; }
  readers::ReadState Decode();
  // False, with problem_ set: the field is no such thing.
  bool DecodeBox(size_t first, Box* box);
  bool DecodeObject();

  readers::CsvReader reader_;
  const PartStates* states_;
  std::array<size_t, kColumns> places_;  // of each column in a record
  bool first_pending_ = false;           // the record that reader_ stands at is the first row
  BoxRow row_;
  std::string problem_;
  Status status_;
};

// A number that is whole, also where it is written as 12.0.
bool ParseWhole(std::string_view field, int64_t* number);

}  // namespace gesta::ingest

#endif  // GESTA_INGEST_JOBS_BOX_ROWS_H_

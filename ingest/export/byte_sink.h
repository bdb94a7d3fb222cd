// ByteSink: a file that is written from front to end, gzipped if its name ends in ".gz". It has its
// name once it is complete.
#ifndef GESTA_INGEST_EXPORT_BYTE_SINK_H_
#define GESTA_INGEST_EXPORT_BYTE_SINK_H_

#include <memory>
#include <string>
#include <string_view>

#include "gesta/status.h"

namespace gesta::ingest {

class ByteSink {
 public:
  // "-": standard output. kIo.
  static Result<std::unique_ptr<ByteSink>> Open(const std::string& path);
  ~ByteSink();  // without Close: there is no file

  Status Write(std::string_view bytes);
  // Ends the file and gives it its name.
  Status Close();

 private:
  explicit ByteSink(std::string path) : path_(std::move(path)) {}

  Status Flush();
  Status Failed() const;

  std::string path_;
  std::string partial_;  // the name until it is complete; empty: standard output
  int fd_ = -1;
  void* gzip_ = nullptr;  // zlib's gzFile; owns fd_ when set
  std::string buffer_;
};

}  // namespace gesta::ingest

#endif  // GESTA_INGEST_EXPORT_BYTE_SINK_H_

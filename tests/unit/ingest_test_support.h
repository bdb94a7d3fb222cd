// Helpers of the ingest tests: input files, runs, and the whole of a store as text.
#ifndef GESTA_TESTS_INGEST_TEST_SUPPORT_H_
#define GESTA_TESTS_INGEST_TEST_SUPPORT_H_

#include <map>
#include <string>
#include <vector>

#include "gesta/ingest.h"
#include "gesta/store.h"
#include "store_test_support.h"
#include "support/temp_dir.h"

namespace gesta::test {

// A folder of the test, in memory where that is possible: jobs wait for the disk at each commit.
class TestFolder {
 public:
  std::string operator/(const std::string& name) const { return path() + "/" + name; }
  const std::string& path() const { return folder_.path(); }

 private:
  TempDir folder_;
};

using OptionMap = std::map<std::string, std::string>;

void WriteFile(const std::string& path, const std::string& text);  // makes the folders

IngestSummary Ingest(Store& store, const std::string& kind, const std::string& path,
                     OptionMap options = {}, size_t batch_changes = 20'000);
// The message of the error that the job must give, with its hint.
std::string IngestError(Store& store, const std::string& kind, const std::string& path,
                        OptionMap options = {});

// 0 if the summary does not list it.
uint64_t OddityCount(const IngestSummary& summary, const std::string& what);

// The lines of a canonical export (gesta/export.h): equal for stores of equal content.
std::vector<std::string> Dump(Store& store);

// How many nodes have the label, and relationships the type.
uint64_t CountNodes(Store& store, const std::string& label);
uint64_t CountRelationships(Store& store, const std::string& type);

// The nodes with that label and property values, each as its properties in a map's text.
std::vector<std::string> Nodes(Store& store, const std::string& label);
// The relationships of a type: "start -[{properties}]-> end", ends by their `name`, `text`,
// `lemma`, `id` or `uri`.
std::vector<std::string> Relationships(Store& store, const std::string& type);

// A pickle of protocol 2, written value by value.
class PickleText {
 public:
  PickleText& String(const std::string& text);
  PickleText& Int(int value);
  PickleText& Begin();  // of a list, tuple or dict
  PickleText& EndList();
  PickleText& EndTuple();
  PickleText& EndDict();                                       // keys and values in turn
  PickleText& Strings(const std::vector<std::string>& texts);  // a list
  // A numpy array of float32 and that shape.
  PickleText& Floats(const std::vector<float>& values, int rows, int columns);
  std::string Finish() const { return "\x80\x02" + bytes_ + "."; }

 private:
  std::string bytes_;
};

}  // namespace gesta::test

#endif  // GESTA_TESTS_INGEST_TEST_SUPPORT_H_

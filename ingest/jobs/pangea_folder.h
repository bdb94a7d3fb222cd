// Reading a folder of the Pangea project: label lists, published mappings, the models' prompts and
// answers, CLIP similarities, and the project's other files. No graph knowledge: plain tables.
//
//   dataset_labels/DATASET.txt                      a label a line; its index is the line number,
//                                                   from 0; its text is the line without white
//                                                   space around it, as the project reads it
//   dataset_labels_align_result/DATASET/
//     map_label2verb_clip+gpt.pkl                   label -> (class, verb) pairs; all pairs with
//                                                   their definitions
//     map_label2verb_clip.pkl                       similarities, labels x pairs
//     prompt_N.txt, answer_N.txt                    of label N
//   anywhere: Label2Node*.json                      "DATASET//label" -> class names with repeats
//             verbnet_topology_898.pkl              {Father2Son, objects}: the class tree
//             mapping_node_index*.pkl, or pickles in a folder of that name: indices of used classes
//             other pickles: lists of (dataset, image, labels, classes)
//
// Everything is optional; a folder with none of it is an error.
#ifndef GESTA_INGEST_JOBS_PANGEA_FOLDER_H_
#define GESTA_INGEST_JOBS_PANGEA_FOLDER_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gesta/format/document.h"
#include "gesta/run_records.h"
#include "gesta/status.h"
#include "jobs/job.h"
#include "load/oddities.h"

namespace gesta::ingest {

// The files of a folder, found once.
struct PangeaFiles {
  struct Alignment {
    std::string mapping;                      // map_label2verb_clip+gpt.pkl; "" if there is none
    std::string similarity;                   // map_label2verb_clip.pkl
    std::map<uint64_t, std::string> prompts;  // by label index
    std::map<uint64_t, std::string> answers;
  };
  std::string root;
  std::map<std::string, std::string> label_lists;  // dataset -> path
  std::map<std::string, Alignment> alignments;     // by dataset
  std::vector<std::string> collected;              // Label2Node*.json
  std::vector<std::string> topologies;
  std::vector<std::string> node_indices;
  std::vector<std::string> samples;  // pickles that may hold sample rows

  // Every path above, sorted.
  std::vector<std::string> All() const;
};

Result<PangeaFiles> FindPangeaFiles(const std::string& root);

struct PangeaVerb {
  std::string class_name;
  std::string lemma;
  std::string definition;
  std::string lexname;
};

struct PangeaLabel {
  std::string text;
  std::vector<uint32_t> published;        // verb indices in the published order, each once
  std::vector<uint32_t> published_ranks;  // of the same: places in the published list, from 1
  bool has_robust = false;                // prompt and answer are there
  std::vector<uint32_t> robust;           // verb indices in the answer's order
  std::optional<ModelExchange> exchange;
  std::map<std::string, int64_t> collected;  // class name -> how often
};

struct PangeaDataset {
  std::string name;
  bool has_list = false;  // labels come from a list or a mapping, so their indices are published
  std::vector<PangeaLabel> labels;
  format::Document similarity;  // of labels x verbs, if similarities() is not null
  const format::NdArray* similarities() const;
};

struct PangeaSample {
  std::string dataset;
  std::string image;
  std::vector<std::string> labels;
  std::vector<std::string> classes;
};

struct PangeaTopology {
  std::vector<std::string> classes;                          // by index
  std::vector<bool> used;                                    // by index; empty when no file tells
  std::vector<std::pair<std::string, std::string>> parents;  // child, parent
};

struct PangeaFolder {
  std::vector<PangeaVerb> verbs;  // by index
  std::vector<PangeaDataset> datasets;
  PangeaTopology topology;
  std::vector<PangeaSample> samples;

  PangeaDataset* Find(const std::string& name);
};

Result<PangeaFolder> ReadPangeaFolder(const PangeaFiles& files, JobContext& context);

// The files beside label lists and published mappings (pangea_other.cpp).
Status ReadOtherPangeaFiles(const PangeaFiles& files, JobContext& context, PangeaFolder* folder);

}  // namespace gesta::ingest

#endif  // GESTA_INGEST_JOBS_PANGEA_FOLDER_H_

// The aligner `neighbours`: the most similar labels that have mappings vote for what they are
// mapped to.
//
//   k        how many labels vote (10)
//   weights  'similarity' (the default): a label's vote counts the square of its similarity, and a
//            candidate's score is its share of all votes; 'uniform': each of the k labels has one
//            vote for each candidate, and the score is the number of votes divided by k;
//            'cautious': a vote counts the fourth power of its similarity, and where all are far
//            from similar every score is low
//   method   votes by this method's mappings; without it by each data set's preferred method
//   exclude  'dataset' or 'family': labels of the source's own data set (family of data sets) do
//            not vote
//   exclude_datasets  names of data sets that do not vote
//   space    labels are similar as their vectors in this embedding space are; without it as their
//            texts are
//
// The source itself never votes. A vote for a verb is also one for its class, counted once a label.
#ifndef GESTA_QUERY_ALIGN_NEIGHBOURS_ALIGNER_H_
#define GESTA_QUERY_ALIGN_NEIGHBOURS_ALIGNER_H_

#include <memory>

#include "align/aligner.h"

namespace gesta::align {

std::unique_ptr<Aligner> MakeNeighboursAligner();

}  // namespace gesta::align

#endif  // GESTA_QUERY_ALIGN_NEIGHBOURS_ALIGNER_H_

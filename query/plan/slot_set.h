// SlotSet: a set of slots, as the planner computes with them.
#ifndef GESTA_QUERY_PLAN_SLOT_SET_H_
#define GESTA_QUERY_PLAN_SLOT_SET_H_

#include <algorithm>
#include <vector>

#include "bind/bound.h"

namespace gesta::plan {

class SlotSet {
 public:
  SlotSet() = default;
  explicit SlotSet(const std::vector<Slot>& slots) { AddAll(slots); }

  bool Has(Slot slot) const { return slot < bits_.size() && bits_[slot]; }
  bool HasAll(const std::vector<Slot>& slots) const {
    return std::all_of(slots.begin(), slots.end(), [&](Slot slot) { return Has(slot); });
  }
  bool HasAny(const std::vector<Slot>& slots) const {
    return std::any_of(slots.begin(), slots.end(), [&](Slot slot) { return Has(slot); });
  }
  // kNoSlot is never a member.
  void Add(Slot slot) {
    if (slot == kNoSlot) return;
    if (slot >= bits_.size()) bits_.resize(slot + 1, false);
    bits_[slot] = true;
  }
  void AddAll(const std::vector<Slot>& slots) {
    for (const Slot slot : slots) Add(slot);
  }
  void AddAll(const SlotSet& other) {
    if (other.bits_.size() > bits_.size()) bits_.resize(other.bits_.size(), false);
    for (size_t slot = 0; slot < other.bits_.size(); ++slot) {
      if (other.bits_[slot]) bits_[slot] = true;
    }
  }
  void Remove(Slot slot) {
    if (slot < bits_.size()) bits_[slot] = false;
  }
  void RemoveAll(const std::vector<Slot>& slots) {
    for (const Slot slot : slots) Remove(slot);
  }
  void RemoveAll(const SlotSet& other) {
    for (size_t slot = 0; slot < std::min(bits_.size(), other.bits_.size()); ++slot) {
      if (other.bits_[slot]) bits_[slot] = false;
    }
  }
  SlotSet And(const SlotSet& other) const {
    SlotSet both;
    both.bits_.resize(std::min(bits_.size(), other.bits_.size()), false);
    for (size_t slot = 0; slot < both.bits_.size(); ++slot) {
      both.bits_[slot] = bits_[slot] && other.bits_[slot];
    }
    return both;
  }
  std::vector<Slot> ToVector() const {  // ascending
    std::vector<Slot> slots;
    for (size_t slot = 0; slot < bits_.size(); ++slot) {
      if (bits_[slot]) slots.push_back(static_cast<Slot>(slot));
    }
    return slots;
  }
  bool empty() const { return std::find(bits_.begin(), bits_.end(), true) == bits_.end(); }

 private:
  std::vector<bool> bits_;
};

}  // namespace gesta::plan

#endif  // GESTA_QUERY_PLAN_SLOT_SET_H_

#include "execute/batch_call.h"

#include <algorithm>

#include "execute/context.h"

namespace gesta {
namespace {

bool SameItems(const List& a, const List& b);

// The same value of the same type: to a function 1 and 1.0 may be different things.
bool Same(const Value& a, const Value& b) {
  if (a.type() != b.type()) return false;
  if (a.type() == ValueType::kList) return SameItems(a.AsList(), b.AsList());
  if (a.type() != ValueType::kMap) return Equivalent(a, b);
  return std::equal(a.AsMap().begin(), a.AsMap().end(), b.AsMap().begin(), b.AsMap().end(),
                    [](const MapEntry& x, const MapEntry& y) {
                      return x.first == y.first && Same(x.second, y.second);
                    });
}

bool SameItems(const List& a, const List& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), Same);
}

// Entities may change while the statement runs; all other values are what they are.
bool HasEntity(const Value& value) {
  switch (value.type()) {
    case ValueType::kNode:
    case ValueType::kRelationship:
    case ValueType::kPath:
      return true;
    case ValueType::kList:
      return std::any_of(value.AsList().begin(), value.AsList().end(), HasEntity);
    case ValueType::kMap:
      return std::any_of(value.AsMap().begin(), value.AsMap().end(),
                         [](const MapEntry& entry) { return HasEntity(entry.second); });
    default:
      return false;
  }
}

}  // namespace

bool BatchResults::Key::operator==(const Key& other) const {
  return function == other.function && SameItems(arguments, other.arguments);
}

size_t BatchResults::KeyHash::operator()(const Key& key) const {
  size_t hash = std::hash<const void*>()(key.function);
  for (const Value& argument : key.arguments) {
    hash = (hash ^ Hash(argument)) * 0x9E3779B97F4A7C15ull;
  }
  return hash;
}

Status BatchResults::Call(const FunctionInfo& function, EvaluationContext& context,
                          const BatchCalls& calls, std::vector<Value>* results) {
  results->assign(calls.rows, Value());
  // The numbers of open calls by their keys, and which rows wait for each.
  std::unordered_map<Key, uint32_t, KeyHash> numbers;
  std::vector<const Key*> keys;
  constexpr uint32_t kKnown = 0xFFFFFFFF;
  std::vector<uint32_t> call_of_row(calls.rows, kKnown);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (size_t row = 0; row < calls.rows; ++row) {
      const Value* first = calls.arguments + row * calls.count;
      Key key{&function, std::vector<Value>(first, first + calls.count)};
      const auto known = known_.find(key);
      if (known != known_.end()) {
        (*results)[row] = known->second;
        continue;
      }
      const auto next = static_cast<uint32_t>(keys.size());
      const auto [number, is_new] = numbers.emplace(std::move(key), next);
      if (is_new) keys.push_back(&number->first);
      call_of_row[row] = number->second;
    }
    UseOf(function.name).rows += calls.rows;
  }
  if (keys.empty()) return {};

  std::vector<Value> arguments;
  arguments.reserve(keys.size() * calls.count);
  for (const Key* key : keys) {
    arguments.insert(arguments.end(), key->arguments.begin(), key->arguments.end());
  }
  std::vector<Value> answers(keys.size());
  const auto start = std::chrono::steady_clock::now();
  GESTA_RETURN_IF_ERROR(
      function.batch(context, {arguments.data(), keys.size(), calls.count}, &answers));
  const auto time = std::chrono::steady_clock::now() - start;
  for (size_t row = 0; row < calls.rows; ++row) {
    if (call_of_row[row] != kKnown) (*results)[row] = answers[call_of_row[row]];
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  for (size_t i = 0; i < keys.size(); ++i) Keep(*keys[i], answers[i]);
  Use& use = UseOf(function.name);
  use.calls += keys.size();
  ++use.batches;
  use.time += time;
  use.devices.merge(devices_);
  devices_.clear();
  return {};
}

void BatchResults::NoteDevice(const std::string& device) {
  const std::lock_guard<std::mutex> lock(mutex_);
  devices_.insert(device);
}

BatchResults::Use& BatchResults::UseOf(const std::string& name) {
  const auto found =
      std::find_if(uses_.begin(), uses_.end(), [&](const Use& use) { return use.name == name; });
  if (found != uses_.end()) return *found;
  uses_.emplace_back().name = name;
  return uses_.back();
}

std::vector<BatchResults::Use> BatchResults::Uses() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return uses_;
}

void BatchResults::Keep(Key key, const Value& result) {
  if (std::any_of(key.arguments.begin(), key.arguments.end(), HasEntity)) return;
  size_t bytes = sizeof(std::pair<const Key, Value>) + 4 * sizeof(void*) + result.HeapBytes();
  for (const Value& argument : key.arguments) bytes += sizeof(Value) + argument.HeapBytes();
  if (bytes_ + bytes > kBytes || !budget_->Reserve(bytes).ok()) return;
  bytes_ += bytes;
  known_.emplace(std::move(key), result);
}

}  // namespace gesta

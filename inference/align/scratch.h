// Memory for vectors of any width, reused from task to task.
#ifndef GESTA_ALIGN_SCRATCH_H_
#define GESTA_ALIGN_SCRATCH_H_

#include <hwy/aligned_allocator.h>

#include <cstddef>
#include <cstring>
#include <new>

namespace gesta::alignment {

// Grows and never shrinks; what it held is lost when it grows. New memory is zero.
template <typename Number>
class BasicScratch {
 public:
  Number* Get(size_t count) {
    if (count > size_) {
      data_ = nullptr;
      size_ = 0;
      data_ = hwy::AllocateAligned<Number>(count);
      if (data_ == nullptr) throw std::bad_alloc();
      std::memset(data_.get(), 0, count * sizeof(Number));
      size_ = count;
    }
    return data_.get();
  }
  Number* data() { return data_.get(); }

 private:
  hwy::AlignedFreeUniquePtr<Number[]> data_;
  size_t size_ = 0;
};

using Scratch = BasicScratch<float>;

}  // namespace gesta::alignment

#endif  // GESTA_ALIGN_SCRATCH_H_

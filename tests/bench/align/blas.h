// A BLAS that is opened by name, so that the benchmark needs none to be built.
#ifndef GESTA_BENCH_DTW_BLAS_H_
#define GESTA_BENCH_DTW_BLAS_H_

#include <dlfcn.h>

#include <cstddef>
#include <optional>
#include <string>

namespace gesta::bench {

class Blas {
 public:
  // Nothing if there is no such library with the C interface.
  static std::optional<Blas> Open(const std::string& library) {
    void* const handle = dlopen(library.c_str(), RTLD_NOW);
    if (handle == nullptr) return std::nullopt;
    Blas blas;
    blas.sgemm_ = reinterpret_cast<Sgemm>(dlsym(handle, "cblas_sgemm"));
    if (blas.sgemm_ == nullptr) return std::nullopt;
    // The benchmark has threads of its own.
    const auto set_threads =
        reinterpret_cast<void (*)(int)>(dlsym(handle, "openblas_set_num_threads"));
    if (set_threads != nullptr) set_threads(1);
    return blas;
  }

  // product (rows x columns) = a (rows x depth) times the transpose of b (columns x depth).
  void MultiplyTransposed(const float* a, size_t rows, const float* b, size_t columns, size_t depth,
                          float* product) const {
    constexpr int kRowMajor = 101;
    constexpr int kPlain = 111;
    constexpr int kTransposed = 112;
    const int k = static_cast<int>(depth);
    const int n = static_cast<int>(columns);
    sgemm_(kRowMajor, kPlain, kTransposed, static_cast<int>(rows), n, k, 1, a, k, b, k, 0, product,
           n);
  }

 private:
  using Sgemm = void (*)(int, int, int, int, int, int, float, const float*, int, const float*, int,
                         float, float*, int);
  Sgemm sgemm_ = nullptr;
};

}  // namespace gesta::bench

#endif  // GESTA_BENCH_DTW_BLAS_H_

# gesta_torch: LibTorch (1.13 to 2.x, found through CMAKE_PREFIX_PATH), with what its headers need. GESTA_CUDA_KERNEL
# says whether it is a LibTorch for CUDA and there is a compiler for that.
set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL ON)
find_package(Torch REQUIRED)
add_library(gesta_torch INTERFACE)
target_include_directories(gesta_torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
# One header for each operator instead of all of them.
target_compile_definitions(gesta_torch INTERFACE AT_PER_OPERATOR_HEADERS)
target_link_libraries(gesta_torch INTERFACE ${TORCH_LIBRARIES})
separate_arguments(torch_flags UNIX_COMMAND "${TORCH_CXX_FLAGS}")
target_compile_options(gesta_torch INTERFACE $<$<COMPILE_LANGUAGE:CXX>:${torch_flags}>)
# Newer headers of LibTorch need C++20; that of 1.13 is not ready for it.
if(Torch_VERSION VERSION_GREATER_EQUAL 2.1)
  target_compile_features(gesta_torch INTERFACE cxx_std_20)
endif()

# Newer LibTorch looks for the toolkit and makes CUDA a language by itself.
set(GESTA_CUDA_KERNEL OFF)
if(TARGET torch_cuda)
  if(NOT CMAKE_CUDA_COMPILER)
    include(CheckLanguage)
    check_language(CUDA)
  endif()
  if(CMAKE_CUDA_COMPILER)
    enable_language(CUDA)
    if(NOT TARGET CUDA::cudart)
      find_package(CUDAToolkit REQUIRED)
    endif()
    set(GESTA_CUDA_KERNEL ON)
    target_link_libraries(gesta_torch INTERFACE CUDA::cudart)
  endif()
endif()
message(STATUS "LibTorch ${Torch_VERSION}; time warping of its own on CUDA devices: ${GESTA_CUDA_KERNEL}")
set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL OFF)

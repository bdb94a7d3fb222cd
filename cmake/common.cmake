# What all targets share: the language, warnings, sanitizers, and how a library of the project is declared.
set(GESTA_SANITIZE "" CACHE STRING "Sanitizers for all targets, e.g. address,undefined or thread")

set(CMAKE_CXX_STANDARD 17)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

if(GESTA_SANITIZE)
  add_compile_options(-fsanitize=${GESTA_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${GESTA_SANITIZE})
endif()

# Warnings are errors in the project's own code, never in generated or third-party code.
add_library(gesta_warnings INTERFACE)
target_compile_options(gesta_warnings INTERFACE
                       "$<$<COMPILE_LANGUAGE:CXX>:-Wall;-Wextra;-Werror;-Wno-unused-parameter>")
if(GESTA_SANITIZE AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # gcc sees values in instrumented code of its own library that are not initialised, and is wrong.
  target_compile_options(gesta_warnings INTERFACE -Wno-maybe-uninitialized)
endif()

# gesta_library(NAME DIRS d1 d2 … LINK public libs… PRIVATE private libs…): one static library made of the
# sources below DIRS. Public headers live in include/; implementation headers are included by their path from the
# folder's root.
function(gesta_library name)
  cmake_parse_arguments(ARG "" "" "DIRS;LINK;PRIVATE" ${ARGN})
  set(sources)
  foreach(dir ${ARG_DIRS})
    file(GLOB_RECURSE found CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${dir}/*.cpp)
    list(APPEND sources ${found})
  endforeach()
  add_library(${name} STATIC ${sources})
  target_include_directories(${name} PUBLIC $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include>
                             PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${ARG_LINK} PRIVATE $<BUILD_INTERFACE:gesta_warnings> ${ARG_PRIVATE})
endfunction()

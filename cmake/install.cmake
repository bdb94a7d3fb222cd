# `cmake --install`: the gesta command, the public headers, and the library as one archive, libgesta.a, that
# find_package(gesta) gives as gesta::gesta.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
find_package(fmt REQUIRED)
find_package(ZLIB REQUIRED)
find_package(Threads REQUIRED)

set(parts gesta_base gesta_engine gesta_grammar gesta_module_loader gesta_models gesta_llm gesta_align gesta_detection gesta_query gesta_ingest)
set(objects)
set(needs)
foreach(part ${parts})
  list(APPEND objects $<TARGET_OBJECTS:${part}>)
  # What the parts link from outside of the project, the archive's user links.
  get_target_property(linked ${part} LINK_LIBRARIES)
  foreach(item ${linked})
    if(NOT item MATCHES "gesta_|nlohmann_json")
      list(APPEND needs ${item})
    endif()
  endforeach()
endforeach()
list(REMOVE_DUPLICATES needs)

add_library(libgesta STATIC ${objects})
set_target_properties(libgesta PROPERTIES OUTPUT_NAME gesta EXPORT_NAME gesta LINKER_LANGUAGE CXX)
target_compile_features(libgesta INTERFACE cxx_std_17)
target_include_directories(libgesta INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_link_libraries(libgesta PRIVATE ${needs})

install(TARGETS gesta RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
# The shared modules, where the command looks for them.
foreach(module gesta_http gesta_inference gesta_sentencepiece gesta_video)
  if(TARGET ${module})
    install(TARGETS ${module} LIBRARY DESTINATION lib/gesta)
  endif()
endforeach()
install(TARGETS libgesta EXPORT gesta ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
foreach(include engine/base/include engine/include inference/include query/include ingest/include)
  install(DIRECTORY ${include}/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
endforeach()
install(FILES LICENSE README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/gesta)
install(EXPORT gesta NAMESPACE gesta:: FILE gesta-targets.cmake DESTINATION ${package})
configure_package_config_file(cmake/gesta-config.cmake.in ${PROJECT_BINARY_DIR}/gesta-config.cmake
                              INSTALL_DESTINATION ${package})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/gesta-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/gesta-config.cmake ${PROJECT_BINARY_DIR}/gesta-config-version.cmake
        DESTINATION ${package})

# Makes the generated parser load its tables at the first statement instead of at program start.
#
# ANTLR's C++ target fills its tables in the constructor of a static object, which every program that links
# the library would pay for, whether it parses or not. The static objects are taken out and built on the first
# construction of a lexer or parser (thread-safe, as a local static). cmake -DFOLDER=… -P lazy_tables.cmake
foreach(class GestaLexer GestaParser)
  set(file ${FOLDER}/${class}.cpp)
  file(READ ${file} text)
  string(FIND "${text}" "${class}::Initializer ${class}::_init;" definition)
  string(FIND "${text}" "  _interpreter = new atn::" constructor)
  if(definition EQUAL -1 OR constructor EQUAL -1)
    message(FATAL_ERROR "${file} does not look as expected of ANTLR 4.7: adapt lazy_tables.cmake")
  endif()
  string(REPLACE "${class}::Initializer ${class}::_init;" "" text "${text}")
  string(REPLACE "  _interpreter = new atn::" "  static Initializer tables;\n  _interpreter = new atn::" text "${text}")
  file(WRITE ${file} "${text}")
endforeach()

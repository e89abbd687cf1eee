# Writes ${OUT}, which defines the text of the files in ${FILES}, with | between them, as tour::${NAME}.
# Each file is a literal of its own, as compilers need not take one of more than 65,536 characters.
set(text "")
string(REPLACE "|" ";" FILES "${FILES}")
foreach(file ${FILES})
  file(READ ${file} part)
  string(APPEND text " +\n    R\"embedded(${part})embedded\"")
endforeach()
file(WRITE ${OUT} "#include <string>
#include <string_view>

namespace tour {
namespace {
const std::string text = std::string()${text};
}  // namespace
extern const std::string_view ${NAME};
const std::string_view ${NAME} = text;
}  // namespace tour
")

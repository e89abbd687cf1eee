# Writes ${OUT}, which defines the text of the files in ${FILES}, with | between them, as tour::${NAME}.
set(text "")
string(REPLACE "|" ";" FILES "${FILES}")
foreach(file ${FILES})
  file(READ ${file} part)
  string(APPEND text "${part}")
endforeach()
file(WRITE ${OUT} "#include <string_view>

namespace tour {
extern const std::string_view ${NAME};
const std::string_view ${NAME} = R\"embedded(${text})embedded\";
}  // namespace tour
")

# Writes ${OUT}, which defines the text of ${FILE} as tour::${NAME}.
file(READ ${FILE} text)
file(WRITE ${OUT} "#include <string_view>

namespace tour {
extern const std::string_view ${NAME};
const std::string_view ${NAME} = R\"embedded(${text})embedded\";
}  // namespace tour
")

#include "oracle_case.hpp"

#include <array>
#include <cstdio>
#include <string_view>

namespace progeny::testing {

namespace {

std::string quoted(std::string_view bytes) {
  std::string json = "\"";
  for (const char byte : bytes) {
    std::array<char, 8> escape{};
    std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned char>(byte));
    json += escape.data();
  }
  return json + '"';
}

std::string args_json(const OracleCase& oracle_case) {
  std::string json;
  for (const std::string& arg : oracle_case.args) {
    json += (json.empty() ? "" : ",") + quoted(arg);
  }
  return '[' + json + ']';
}

std::string options_json(const OracleCase& oracle_case) {
  std::string json;
  for (const auto& [name, value] : oracle_case.options) {
    json += (json.empty() ? "" : ",") + quoted(name) + ':' + quoted(value);
  }
  return '{' + json + '}';
}

}  // namespace

std::string to_json(const std::vector<OracleCase>& cases) {
  std::string json;
  for (const OracleCase& oracle_case : cases) {
    json += (json.empty() ? "" : ",\n");
    json += "{\"name\":" + quoted(oracle_case.name);
    json += ",\"function\":" + quoted(oracle_case.function);
    json += ",\"args\":" + args_json(oracle_case);
    json += std::string(",\"is_string\":") + (oracle_case.is_string ? "true" : "false");
    json += ",\"options\":" + options_json(oracle_case) + '}';
  }
  return '[' + json + "]\n";
}

}  // namespace progeny::testing

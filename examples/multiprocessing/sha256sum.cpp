// Prints the SHA-256 sums of all files below a folder, as `sha256sum` does, with all processors.

#include <progeny/multiprocessing.hpp>

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

namespace fs = std::filesystem;
namespace mp = progeny::multiprocessing;

namespace {

std::string sha256sum(const std::string& path) {
  std::stringstream content;
  content << std::ifstream(path, std::ios::binary).rdbuf();
  const std::string bytes = content.str();
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  std::ostringstream line;
  for (const unsigned char byte : digest) {
    line << std::hex << std::setw(2) << std::setfill('0') << int{byte};
  }
  line << "  " << fs::path(path).filename().string();
  return line.str();
}

std::string sample_folder() {
  const std::string folder = mp::util::get_temp_dir();
  for (const std::string name : {"apple", "pear", "plum"}) {
    std::ofstream(folder + "/" + name) << name << '\n';
  }
  return folder;
}

}  // namespace

int main(int argc, char** argv) {
  mp::freeze_support(argc, argv);
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(argc > 1 ? argv[1] : sample_folder())) {
    if (entry.is_regular_file()) {
      files.push_back(entry.path().string());
    }
  }
  std::ranges::sort(files);
  mp::Pool pool;
  for (const std::string& line : pool.imap(sha256sum, files, {.chunksize = 4})) {
    std::cout << line << '\n';
  }
}

#include "platform/program/modules.hpp"

#include "base/made_early.hpp"
#include "platform/io/descriptor.posix.hpp"
#include "platform/process/fork.hpp"
#include "platform/program/module_file.linux.hpp"
#include "platform/system/errno.posix.hpp"

#include <progeny/base/handle.hpp>
#include <progeny/detail/hash.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cinttypes>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>
#include <unwind.h>

namespace progeny::platform {

namespace {

using ProgramHeader = ElfW(Phdr);

std::span<const ProgramHeader> headers_of(const dl_phdr_info& info) {
  return {info.dlpi_phdr, info.dlpi_phnum};
}

const char* loaded_at(const dl_phdr_info& info, ElfW(Addr) offset) {
  // The loader gives the module's address as a number.
  // NOLINTNEXTLINE(performance-no-int-to-ptr): see above.
  return reinterpret_cast<const char*>(info.dlpi_addr + offset);
}

bool is_within(const ProgramHeader& segment, std::uint64_t offset, std::uint64_t size) {
  return segment.p_type == PT_LOAD && offset >= segment.p_vaddr &&
         offset - segment.p_vaddr <= segment.p_memsz &&
         size <= segment.p_memsz - (offset - segment.p_vaddr);
}

// Whether one segment with these rights holds all of it.
bool holds(const dl_phdr_info& info, std::uint64_t offset, std::uint64_t size, ElfW(Word) rights) {
  for (const ProgramHeader& segment : headers_of(info)) {
    if (is_within(segment, offset, size) && (segment.p_flags & rights) == rights) {
      return true;
    }
  }
  return false;
}

std::string_view build_id_of(const dl_phdr_info& info) {
  for (const ProgramHeader& segment : headers_of(info)) {
    if (segment.p_type != PT_NOTE || !holds(info, segment.p_vaddr, segment.p_memsz, PF_R)) {
      continue;
    }
    const std::string_view notes(loaded_at(info, segment.p_vaddr), segment.p_memsz);
    const std::string_view id = build_id_in(notes, segment.p_align == 8 ? 8 : 4);
    if (!id.empty()) {
      return id;
    }
  }
  return {};
}

// Code has no relocations, so it is the same at every address. Data is not hashed; but code refers
// to data by distance, and the headers give the length of each part, so most changes of data show,
// too.
std::uint64_t hash_of_code(const dl_phdr_info& info) {
  std::uint64_t hash = detail::hash({});
  for (const ProgramHeader& segment : headers_of(info)) {
    const std::string_view header(reinterpret_cast<const char*>(&segment), sizeof segment);
    hash = detail::hash(header, hash);
    constexpr ElfW(Word) readable_code = PF_R | PF_X;
    if (segment.p_type == PT_LOAD && (segment.p_flags & readable_code) == readable_code) {
      hash = detail::hash({loaded_at(info, segment.p_vaddr), segment.p_filesz}, hash);
    }
  }
  return hash;
}

// Hashing megabytes of code takes milliseconds, so each module without a build-id is hashed once.
// When a module was unloaded (`dlpi_subs` counts that), its headers' address may be another
// module's, so all hashes are forgotten.
class ModuleFacts {
 public:
  std::uint64_t of(const dl_phdr_info& info) {
    const std::scoped_lock lock(mutex_);
    if (unloaded_ != info.dlpi_subs) {
      hashes_.clear();
      unloaded_ = info.dlpi_subs;
    }
    const auto [place, is_new] = hashes_.try_emplace(info.dlpi_phdr, 0);
    if (is_new) {
      place->second = hash_of_code(info);
    }
    return place->second;
  }

  /// Notes the path of the file that is loaded under another name.
  void remember(const std::string& name, const std::string& path) {
    const std::scoped_lock lock(mutex_);
    paths_[name] = path;
  }
  /// What `remember` noted; empty if that is nothing.
  std::string path_of(std::string_view name) {
    const std::scoped_lock lock(mutex_);
    const auto found = paths_.find(name);
    return found != paths_.end() ? found->second : std::string();
  }
  std::mutex& mutex() noexcept { return mutex_; }

 private:
  std::mutex mutex_;  // Guards what follows.
  unsigned long long unloaded_ = 0;
  std::map<const void*, std::uint64_t> hashes_;
  std::map<std::string, std::string, std::less<>> paths_;
};

std::mutex& mutex_of_facts() noexcept;

ModuleFacts& module_facts() {
  // Never destroyed, as functions are looked up while the program ends, too.
  static auto* const facts = [] {
    hold_across_forks<mutex_of_facts>();
    return new ModuleFacts;  // NOLINT(cppcoreguidelines-owning-memory): above.
  }();
  return *facts;
}

const progeny::detail::MadeEarly early(module_facts);

std::mutex& mutex_of_facts() noexcept {
  return module_facts().mutex();
}

constexpr std::string_view by_descriptor = "/proc/self/fd/";

std::string absolute(const char* path) {
  if (std::string_view(path).starts_with(by_descriptor)) {
    if (std::string noted = module_facts().path_of(path); !noted.empty()) {
      return noted;
    }
  }
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path, nullptr), &std::free);
  return real ? real.get() : path;
}

struct Identity {
  std::string text;
  bool is_build_id = false;
};

Identity identity_of(const dl_phdr_info& info) {
  const std::string_view build_id = build_id_of(info);
  if (!build_id.empty()) {
    return {.text = std::string(build_id), .is_build_id = true};
  }
  return {.text = fmt::format("code {:016x}", module_facts().of(info))};
}

// The program's own name is empty in the loader's list.
ModuleName name_of(const dl_phdr_info& info, bool is_program) {
  Identity identity = identity_of(info);
  return {.is_program = is_program,
          .path = is_program ? program_path() : absolute(info.dlpi_name),
          .identity = std::move(identity.text),
          .has_build_id = identity.is_build_id};
}

// Calls `visit(info, is_program)` for each module until it returns true. The program comes first.
// The loader's lock is held during the calls.
template <class Visit>
void for_each_module(Visit visit) {
  struct State {
    Visit& visit;
    bool is_first = true;
    std::exception_ptr error = nullptr;
  } state{.visit = visit};
  // Exceptions must not leave through the C library.
  const auto step = [](dl_phdr_info* info, std::size_t /*size*/, void* data) noexcept -> int {
    auto& now = *static_cast<State*>(data);
    try {
      return now.visit(*info, std::exchange(now.is_first, false)) ? 1 : 0;
    } catch (...) {
      now.error = std::current_exception();
      return 1;
    }
  };
  ::dl_iterate_phdr(step, &state);
  if (state.error) {
    std::rethrow_exception(state.error);
  }
}

FoundAddress address_in(const dl_phdr_info& info,
                        std::uint64_t offset,
                        std::size_t size,
                        Purpose purpose) {
  const ElfW(Word) rights = purpose == Purpose::code ? PF_X : PF_R;
  if (!holds(info, offset, size, rights)) {
    return {.result = Lookup::outside};
  }
  return {.result = Lookup::found, .address = loaded_at(info, offset)};
}

bool is_path_loaded(const ModuleName& module) {
  bool is_loaded = module.is_program;
  for_each_module([&](const dl_phdr_info& info, bool is_program) {
    is_loaded = is_loaded || (!is_program && absolute(info.dlpi_name) == module.path);
    return is_loaded;
  });
  return is_loaded;
}

// RTLD_NOW: a missing symbol is an error here, and not when the function calls it. Returns why it
// failed.
std::string open_library(const char* path) {
  if (::dlopen(path, RTLD_NOW | RTLD_LOCAL) != nullptr) {
    return {};
  }
  const char* const error = ::dlerror();  // NOLINT(concurrency-mt-unsafe): glibc: per thread.
  return error != nullptr ? error : "dlopen failed";
}

bool is_same_file(int file, const char* path) noexcept {
  struct stat opened{};
  struct stat there{};
  return ::fstat(file, &opened) == 0 && ::stat(path, &there) == 0 &&
         opened.st_dev == there.st_dev && opened.st_ino == there.st_ino;
}

// Loads the file that was opened and checked, whatever is at its path by now. The loader knows it
// by the name of the descriptor, which stays open so that the name stays its own. A library that
// looks for others beside itself would look beside the descriptor, and without /proc there is no
// such name: then the path is used, and looked at before and after.
std::string load_same(Handle file, const std::string& path) {
  const std::string name = std::string(by_descriptor) + std::to_string(file.get());
  if (!looks_beside_itself(file.get()) && is_same_file(file.get(), name.c_str())) {
    module_facts().remember(name, absolute(path.c_str()));
    std::string error = open_library(name.c_str());
    if (error.empty()) {
      static_cast<void>(file.release());
    } else if (error.starts_with(name)) {
      error.replace(0, name.size(), path);
    }
    return error;
  }
  if (!is_same_file(file.get(), path.c_str())) {
    return "the file there was replaced meanwhile";
  }
  std::string error = open_library(path.c_str());
  return error.empty() && !is_same_file(file.get(), path.c_str())
             ? "the file there was replaced meanwhile"
             : error;
}

}  // namespace

std::optional<ModulePlace> place_of(const void* address) {
  std::optional<ModulePlace> place;
  for_each_module([&](const dl_phdr_info& info, bool is_program) {
    const std::uint64_t offset = reinterpret_cast<ElfW(Addr)>(address) - info.dlpi_addr;
    if (!holds(info, offset, 1, 0)) {
      return false;
    }
    place = ModulePlace{.module = name_of(info, is_program), .offset = offset};
    return true;
  });
  return place;
}

// Several modules may have the same identity, such as a library that was copied and loaded twice.
// The one at the same path wins.
FoundAddress address_of(const ModulePlace& place, std::size_t size, Purpose purpose) {
  FoundAddress found;
  for_each_module([&](const dl_phdr_info& info, bool is_program) {
    if (is_program != place.module.is_program || identity_of(info).text != place.module.identity) {
      return false;
    }
    found = address_in(info, place.offset, size, purpose);
    return is_program || absolute(info.dlpi_name) == place.module.path;
  });
  if (found.result == Lookup::not_loaded && is_path_loaded(place.module)) {
    found.result = Lookup::other_build;
  }
  return found;
}

// In a program that is not position-independent, the address of a library's function is that of a
// jump to it (in the PLT). The tables for unwinding do not know it, but the dynamic symbols do.
bool is_function_start(const void* address) noexcept {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): the unwinder's interface; it only reads.
  auto* const place = const_cast<void*>(address);
  // + 1, as the unwinder takes the address for a return address and looks before it.
  const void* const start = ::_Unwind_FindEnclosingFunction(static_cast<char*>(place) + 1);
  if (start == nullptr || start == address) {
    return true;
  }
  Dl_info symbol{};
  return ::dladdr(address, &symbol) != 0 && symbol.dli_saddr == address;
}

std::string load_module(const ModuleName& module) {
  if (!module.has_build_id) {
    return "it has no build-id by which its file could be checked";
  }
  Handle file =
      own_new(retry_interrupted([&] { return ::open(module.path.c_str(), O_RDONLY | O_CLOEXEC); }));
  if (!file) {
    return fmt::format("open: {}", last_error().message());
  }
  if (build_id_of_file(file.get()) != module.identity) {
    return "the file there has another build-id";
  }
  return load_same(std::move(file), module.path);
}

namespace {

std::string target_of(const char* link) {
  std::string path(PATH_MAX, '\0');
  const ssize_t size = ::readlink(link, path.data(), path.size());
  path.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return path;
}

// The file that is mapped at `address`: the rest of the line in proc(5) from its first slash.
std::string file_mapped_at(std::uintptr_t address) {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    std::uintptr_t first = 0;
    std::uintptr_t last = 0;
    const bool is_range = std::sscanf(line.c_str(), "%" SCNxPTR "-%" SCNxPTR, &first, &last) == 2;
    const auto slash = line.find('/');
    if (is_range && address >= first && address < last && slash != std::string::npos) {
      return line.substr(slash);
    }
  }
  return {};
}

}  // namespace

// A program that was started through the dynamic loader is not the file of the process. Its headers
// are where the loader says (AT_PHDR, getauxval(3)); the kernel has loaded no interpreter then.
std::string program_path() {
  const bool has_interpreter = ::getauxval(AT_BASE) != 0;
  const std::string mapped = has_interpreter ? std::string() : file_mapped_at(::getauxval(AT_PHDR));
  return mapped.empty() ? target_of("/proc/self/exe") : mapped;
}

}  // namespace progeny::platform

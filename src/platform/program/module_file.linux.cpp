#include "platform/program/module_file.linux.hpp"

#include "platform/system/errno.posix.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <link.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

using ProgramHeader = ElfW(Phdr);

std::size_t aligned(std::size_t size, std::size_t alignment) {
  return (size + alignment - 1) / alignment * alignment;
}

bool reads_at(int file, std::uint64_t offset, std::span<char> to) {
  const auto count = retry_interrupted(
      [&] { return ::pread(file, to.data(), to.size(), static_cast<off_t>(offset)); });
  return count == static_cast<ssize_t>(to.size());
}

template <class Part>
bool reads_part(int file, std::uint64_t offset, Part& part) {
  return reads_at(file, offset, {reinterpret_cast<char*>(&part), sizeof part});
}

bool is_of_this_class(const ElfW(Ehdr) & head) {
  constexpr unsigned char own_class = sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32;
  return std::memcmp(&head.e_ident, ELFMAG, SELFMAG) == 0 && head.e_ident[EI_CLASS] == own_class &&
         head.e_phentsize == sizeof(ProgramHeader);
}

// Calls `visit` for each program header until it returns true, and returns whether one did.
bool any_segment(int file, const std::function<bool(const ProgramHeader&)>& visit) {
  ElfW(Ehdr) head;
  if (!reads_part(file, 0, head) || !is_of_this_class(head)) {
    return false;
  }
  for (std::uint64_t number = 0; number < head.e_phnum; ++number) {
    ProgramHeader segment;
    if (!reads_part(file, head.e_phoff + number * sizeof segment, segment)) {
      return false;
    }
    if (visit(segment)) {
      return true;
    }
  }
  return false;
}

// Where in the file the bytes are that are loaded at `address`.
std::optional<std::uint64_t> place_in_file(int file, std::uint64_t address) {
  std::optional<std::uint64_t> place;
  static_cast<void>(any_segment(file, [&](const ProgramHeader& segment) {
    if (segment.p_type == PT_LOAD && address >= segment.p_vaddr &&
        address - segment.p_vaddr < segment.p_filesz) {
      place = segment.p_offset + (address - segment.p_vaddr);
    }
    return place.has_value();
  }));
  return place;
}

// Where its own search paths are, as offsets into its strings.
struct SearchPaths {
  std::uint64_t strings = 0;  // An address.
  std::optional<std::uint64_t> run_path;
};

SearchPaths search_paths_of(int file) {
  SearchPaths paths;
  static_cast<void>(any_segment(file, [&](const ProgramHeader& segment) {
    if (segment.p_type != PT_DYNAMIC) {
      return false;
    }
    for (std::uint64_t at = 0; at + sizeof(ElfW(Dyn)) <= segment.p_filesz;
         at += sizeof(ElfW(Dyn))) {
      ElfW(Dyn) entry;
      if (!reads_part(file, segment.p_offset + at, entry) || entry.d_tag == DT_NULL) {
        break;
      }
      if (entry.d_tag == DT_STRTAB) {
        paths.strings = entry.d_un.d_ptr;
      } else if (entry.d_tag == DT_RUNPATH || entry.d_tag == DT_RPATH) {
        paths.run_path = entry.d_un.d_val;
      }
    }
    return true;
  }));
  return paths;
}

}  // namespace

// elf(5): a note is three words (sizes of name and content, type), the name, the content.
std::string_view build_id_in(std::string_view notes, std::size_t alignment) {
  ElfW(Nhdr) head;
  while (notes.size() >= sizeof head) {
    std::memcpy(&head, notes.data(), sizeof head);
    notes.remove_prefix(sizeof head);
    const std::size_t name = aligned(head.n_namesz, alignment);
    const std::size_t content = aligned(head.n_descsz, alignment);
    if (name > notes.size() || head.n_descsz > notes.size() - name) {
      break;
    }
    constexpr std::string_view owner("GNU\0", 4);
    if (head.n_type == NT_GNU_BUILD_ID && notes.substr(0, head.n_namesz) == owner) {
      return notes.substr(name, head.n_descsz);
    }
    notes.remove_prefix(std::min(notes.size(), name + content));
  }
  return {};
}

std::string build_id_of_file(int file) {
  constexpr std::size_t longest_notes = 65536;  // Linkers write some hundred bytes.
  std::string found;
  static_cast<void>(any_segment(file, [&](const ProgramHeader& segment) {
    if (segment.p_type != PT_NOTE || segment.p_filesz > longest_notes) {
      return false;
    }
    std::string notes(segment.p_filesz, '\0');
    if (reads_at(file, segment.p_offset, notes)) {
      found = build_id_in(notes, segment.p_align == 8 ? 8 : 4);
    }
    return !found.empty();
  }));
  return found;
}

bool looks_beside_itself(int file) {
  const SearchPaths paths = search_paths_of(file);
  if (!paths.run_path) {
    return false;
  }
  const auto place = place_in_file(file, paths.strings + *paths.run_path);
  std::string text(4096, '\0');
  const auto count = place ? retry_interrupted([&] {
    return ::pread(file, text.data(), text.size(), static_cast<off_t>(*place));
  })
                           : -1;
  if (count <= 0) {
    return true;
  }
  text.resize(static_cast<std::size_t>(count));
  return text.substr(0, text.find('\0')).find("ORIGIN") != std::string::npos;
}

}  // namespace progeny::platform

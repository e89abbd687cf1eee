#include "platform/modules.hpp"

#include <cstring>
#include <filesystem>
#include <functional>
#include <span>
#include <string_view>

#include <elf.h>
#include <link.h>

namespace progeny::platform {

namespace {

std::span<const ElfW(Phdr)> segments_of(const dl_phdr_info& module) {
  return {module.dlpi_phdr, module.dlpi_phnum};
}

// Runs `visit` with each module until it says true.
void for_each_module(const std::function<bool(const dl_phdr_info&)>& visit) {
  ::dl_iterate_phdr(
      [](dl_phdr_info* module, std::size_t /*size*/, void* function) {
        return (*static_cast<const std::function<bool(const dl_phdr_info&)>*>(function))(*module)
                   ? 1
                   : 0;
      },
      const_cast<void*>(static_cast<const void*>(&visit)));
}

std::size_t padded(std::size_t size) noexcept {
  return (size + 3U) & ~std::size_t{3U};
}

// Of the notes in one segment the one that the linker leaves under --build-id (elf(5)).
std::string build_id_in(const char* notes, std::size_t size) {
  while (size >= sizeof(ElfW(Nhdr))) {
    ElfW(Nhdr) header;
    std::memcpy(&header, notes, sizeof header);
    const std::size_t name = sizeof header;
    const std::size_t content = name + padded(header.n_namesz);
    const std::size_t next = content + padded(header.n_descsz);
    if (next > size) {
      break;
    }
    if (header.n_type == NT_GNU_BUILD_ID && std::string_view(notes + name, 3) == "GNU") {
      return {notes + content, header.n_descsz};
    }
    notes += next;
    size -= next;
  }
  return {};
}

std::string facts_of_file(const std::string& path) {
  std::error_code ignored;
  const auto size = std::filesystem::file_size(path, ignored);
  const auto time = std::filesystem::last_write_time(path, ignored).time_since_epoch().count();
  return std::to_string(size) + "/" + std::to_string(time);
}

std::string build_id_of(const dl_phdr_info& module) {
  for (const auto& segment : segments_of(module)) {
    if (segment.p_type == PT_NOTE) {
      auto id = build_id_in(reinterpret_cast<const char*>(module.dlpi_addr + segment.p_vaddr),
                            segment.p_memsz);
      if (!id.empty()) {
        return id;
      }
    }
  }
  return facts_of_file(*module.dlpi_name == '\0' ? "/proc/self/exe" : module.dlpi_name);
}

bool holds(const ElfW(Phdr) & segment, std::uint64_t offset, std::size_t size) noexcept {
  return segment.p_type == PT_LOAD && offset >= segment.p_vaddr && size <= segment.p_memsz &&
         offset - segment.p_vaddr <= segment.p_memsz - size;
}

bool serves(const ElfW(Phdr) & segment, MemoryUse use) noexcept {
  const ElfW(Word) wanted = use == MemoryUse::code ? PF_X : PF_R;
  return (segment.p_flags & wanted) != 0;
}

const void* find_in(const dl_phdr_info& module,
                    const ModulePlace& place,
                    std::size_t size,
                    MemoryUse use) {
  for (const auto& segment : segments_of(module)) {
    if (holds(segment, place.offset, size) && serves(segment, use)) {
      return reinterpret_cast<const void*>(module.dlpi_addr + place.offset);
    }
  }
  return nullptr;
}

}  // namespace

std::optional<ModulePlace> place_of_address(const void* address) {
  std::optional<ModulePlace> place;
  for_each_module([&](const dl_phdr_info& module) {
    const auto offset = reinterpret_cast<std::uintptr_t>(address) - module.dlpi_addr;
    for (const auto& segment : segments_of(module)) {
      if (holds(segment, offset, 1)) {
        place = ModulePlace{module.dlpi_name, build_id_of(module), offset};
        return true;
      }
    }
    return false;
  });
  return place;
}

const void* address_of_place(const ModulePlace& place,
                             std::size_t size,
                             MemoryUse use,
                             std::string& why) {
  const void* address = nullptr;
  why = "it is not loaded";
  for_each_module([&](const dl_phdr_info& module) {
    if (place.module != module.dlpi_name) {
      return false;
    }
    if (build_id_of(module) != place.build_id) {
      why = "it is of another build";
    } else {
      address = find_in(module, place, size, use);
      why = "it has no such place";
    }
    return true;
  });
  return address;
}

}  // namespace progeny::platform

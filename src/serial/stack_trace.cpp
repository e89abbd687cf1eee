#include "serial/stack_trace.hpp"

#include "platform/program/symbols.hpp"

#include <fmt/format.h>

#include <mutex>
#include <ostream>
#include <utility>

namespace progeny::serial {

struct StackTrace::State {
  std::vector<Frame> frames;
  std::size_t omitted = 0;
  std::once_flag once;
  std::string text;  // Written once, under `once`.
};

namespace {

platform::ModulePlace place_of(const Frame& frame) {
  return {.module = {.is_program = frame.is_program,
                     .path = frame.module,
                     .identity = frame.build_id,
                     .has_build_id = !frame.build_id.empty()},
          .offset = frame.offset};
}

void append_line(std::string& text, const platform::SourcePlace& place, const Frame& frame) {
  const std::string function = place.function.empty() ? "?" : place.function;
  if (place.file.empty()) {
    text += fmt::format("  {} ({}+{:#x})\n", function, frame.module, frame.offset);
  } else {
    text += fmt::format("  {} ({}:{})\n", function, place.file, place.line);
  }
}

std::string text_of(const std::vector<Frame>& frames, std::size_t omitted) {
  std::vector<platform::ModulePlace> places;
  places.reserve(frames.size());
  for (const Frame& frame : frames) {
    places.push_back(place_of(frame));
  }
  const auto symbols = platform::symbols_of(places);
  std::string text = omitted == 0 ? "" : fmt::format("  ({} calls are left out here)\n", omitted);
  for (std::size_t index = frames.size(); index-- > 0;) {
    for (auto place = symbols[index].rbegin(); place != symbols[index].rend(); ++place) {
      append_line(text, *place, frames[index]);
    }
    if (symbols[index].empty()) {
      text += fmt::format("  {}+{:#x}\n", frames[index].module, frames[index].offset);
    }
  }
  return text;
}

}  // namespace

StackTrace::StackTrace(std::vector<Frame> frames, std::size_t omitted)
    : state_(std::make_shared<State>()) {
  state_->frames = std::move(frames);
  state_->omitted = omitted;
}

const std::vector<Frame>& StackTrace::frames() const noexcept {
  static const std::vector<Frame> none;
  return state_ ? state_->frames : none;
}

std::size_t StackTrace::omitted() const noexcept {
  return state_ ? state_->omitted : 0;
}

std::string StackTrace::str() const {
  if (!state_) {
    return {};
  }
  std::call_once(state_->once, [this] { state_->text = text_of(frames(), omitted()); });
  return state_->text;
}

std::ostream& operator<<(std::ostream& out, const StackTrace& stack) {
  return out << stack.str();
}

namespace detail {

StackTrace portable(const platform::RawStack& raw) {
  std::vector<Frame> frames;
  for (const std::uintptr_t address : raw.calls()) {
    // NOLINTNEXTLINE(performance-no-int-to-ptr): what the unwinder gave.
    auto place = platform::place_of(reinterpret_cast<const void*>(address));
    if (!place) {
      frames.push_back({.offset = address});
      continue;
    }
    platform::ModuleName& module = place->module;
    frames.push_back({.module = std::move(module.path),
                      .build_id = module.has_build_id ? std::move(module.identity) : std::string(),
                      .offset = place->offset,
                      .is_program = module.is_program});
  }
  return StackTrace(std::move(frames), raw.total - raw.count);
}

constexpr std::uint64_t most_omitted = 1U << 30U;

void write_stack(RecordWriter& out, const StackTrace& stack) {
  out.number(stack.frames().size());
  for (const Frame& frame : stack.frames()) {
    out.text(frame.module);
    out.text(frame.build_id);
    out.number(frame.offset);
    out.flag(frame.is_program);
  }
  out.number(std::min<std::uint64_t>(stack.omitted(), most_omitted));
}

StackTrace read_stack(RecordReader& in) {
  std::vector<Frame> frames;
  for (std::uint64_t left = in.number_up_to(platform::RawStack::capacity); left > 0; --left) {
    Frame& frame = frames.emplace_back();
    frame.module = in.text();
    frame.build_id = in.text();
    frame.offset = in.number();
    frame.is_program = in.flag();
  }
  const auto omitted = static_cast<std::size_t>(in.number_up_to(most_omitted));
  return StackTrace(std::move(frames), omitted);
}

}  // namespace detail

}  // namespace progeny::serial

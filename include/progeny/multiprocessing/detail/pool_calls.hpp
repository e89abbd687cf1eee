#pragma once

// How calls become tasks of a pool: as bytes for processes, as objects for threads. Not for users.

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/detail/pool_invoke.hpp>
#include <progeny/multiprocessing/detail/pool_work.hpp>
#include <progeny/multiprocessing/detail/task.hpp>
#include <progeny/multiprocessing/pool/errors.hpp>
#include <progeny/serial.hpp>
#include <progeny/serial/function.hpp>

#include <array>
#include <bit>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::detail {

// --- processes: how a function travels

/// Bytes mean the same in a copy of this process.
template <class F>
concept PoolCallable =
    serial::TravellingCallable<F> || serial::Transferable<F> || std::is_trivially_copyable_v<F>;

/// Whether `F` can travel only to a copy of this process.
template <class F>
inline constexpr bool needs_copies = !serial::TravellingCallable<F> && !serial::Transferable<F>;

template <class F>
void write_callable(serial::Writer& writer, const F& function) {
  if constexpr (serial::TravellingCallable<F>) {
    return;
  } else if constexpr (serial::Transferable<F>) {
    writer.write(function);
  } else {
    writer.write_bytes(&function, sizeof function);
  }
}

template <class F>
F read_callable(serial::Reader& reader, serial::CodeAddress callee) {
  if constexpr (serial::TravellingCallable<F>) {
    return serial::callable_from<F>(callee);
  } else if constexpr (serial::Transferable<F>) {
    return reader.read<F>();
  } else {
    std::array<std::byte, sizeof(F)> bytes{};
    reader.read_bytes(bytes.data(), bytes.size());
    return std::bit_cast<F>(bytes);
  }
}

/// Writes a result. The exception of a value that cannot be encoded becomes a MaybeEncodingError.
template <class R>
void write_result(PoolOutput& output, const R& result) {
  try {
    const std::uint32_t mark = serial::detail::fingerprint<R>;
    output.result.write_bytes(&mark, sizeof mark);
    output.result.write(result);
    if (!output.result.handles().empty()) {
      add_tickets(output);
    }
  } catch (const std::exception& error) {
    throw MaybeEncodingError(error.what(), serial::type_name<R>);
  }
}

/// The entry of a single call.
template <class F, class... Args>
struct ApplyEntry {
  static void call(serial::CodeAddress callee, serial::Reader& reader, PoolOutput& output) {
    auto function = read_callable<F>(reader, callee);
    auto arguments = reader.read<std::tuple<Args...>>();
    reader.expect_end();
    write_result(output,
                 kept_result([&]() -> decltype(auto) { return call_with(function, arguments); }));
  }
};

/// The entry of a piece of a map.
template <class With, class F, class Item>
struct MapEntry {
  static void call(serial::CodeAddress callee, serial::Reader& reader, PoolOutput& output) {
    auto function = read_callable<F>(reader, callee);
    auto items = reader.read<std::vector<Item>>();
    reader.expect_end();
    write_result(output, results_of<With>(function, items, output.item));
  }
};

/// Makes tasks for processes.
struct ByBytes {
  template <class F, class... Args>
  static PoolWork apply(const PoolCore& core, F& function, std::tuple<Args...> arguments) {
    return work<ApplyEntry<F, Args...>>(core, function, std::move(arguments));
  }
  template <class With, class F, class Item>
  static PoolWork map(const PoolCore& core, const F& function, std::vector<Item> items) {
    const auto count = static_cast<std::uint32_t>(items.size());
    PoolWork made = work<MapEntry<With, F, Item>>(core, function, std::move(items));
    made.items = count;
    return made;
  }

 private:
  // Encoding runs code of the user's: what it throws is the task's error, as in Python. A message
  // borrows the handles of what was encoded.
  template <class Entry, class F, class Arguments>
  static PoolWork work(const PoolCore& core, const F& function, Arguments arguments) {
    static_assert(PoolCallable<F>,
                  "this callable cannot travel to a worker: take a function, a lambda that "
                  "captures nothing or plain values, or give it a progeny::serial::Codec");
    PoolWork made;
    try {
      if (needs_copies<F> && !has_copies(core)) {
        throw_cannot_travel("a function", std::string(serial::type_name<F>));
      }
      serial::Writer writer;
      write_callable(writer, function);
      writer.write(arguments);
      made.function.descriptor = &serial::descriptor_of<Entry>();
      if constexpr (serial::TravellingCallable<F>) {
        made.function.callee = serial::callee_of(function);
      }
      made.message = writer.take();
      if (!made.message.handles.empty()) {
        made.owner = AnyValue::of(std::move(arguments));
      }
    } catch (...) {
      made.error = std::current_exception();
    }
    return made;
  }
};

// --- threads

template <class F, class... Args>
class ApplyThunk : public PoolThunk {
 public:
  ApplyThunk(F function, std::tuple<Args...> arguments)
      : function_(std::move(function)), arguments_(std::move(arguments)) {}
  void run(std::atomic<std::uint32_t>& /*item*/) override {
    result = AnyValue::of(
        kept_result([&]() -> decltype(auto) { return call_with(function_, arguments_); }));
  }

 private:
  F function_;
  std::tuple<Args...> arguments_;
};

template <class With, class F, class Item>
class MapThunk : public PoolThunk {
 public:
  MapThunk(const F& function, std::vector<Item> items)
      : function_(function), items_(std::move(items)) {}
  void run(std::atomic<std::uint32_t>& item) override {
    result = AnyValue::of(results_of<With>(function_, items_, item));
  }

 private:
  F function_;
  std::vector<Item> items_;
};

/// Makes tasks for threads: the very objects.
struct ByObject {
  template <class F, class... Args>
  static PoolWork apply(const PoolCore& /*core*/, F& function, std::tuple<Args...> arguments) {
    return {.thunk = std::make_unique<ApplyThunk<F, Args...>>(std::move(function),
                                                              std::move(arguments))};
  }
  template <class With, class F, class Item>
  static PoolWork map(const PoolCore& /*core*/, const F& function, std::vector<Item> items) {
    const auto count = static_cast<std::uint32_t>(items.size());
    return {.thunk = std::make_unique<MapThunk<With, F, Item>>(function, std::move(items)),
            .items = count};
  }
};

}  // namespace progeny::multiprocessing::detail

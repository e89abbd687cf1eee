#include "pickle/machine/output.hpp"
#include "pickle/value/wtf8.hpp"

#include <progeny/pickle/types/direct.hpp>

#include <algorithm>
#include <limits>

namespace progeny::pickle::detail {

DirectWriter::DirectWriter(int protocol) : out_(std::make_unique<Output>(protocol)) {}

DirectWriter::~DirectWriter() = default;

void DirectWriter::boolean(bool value) {
  out_->opcode(value ? Opcode::newtrue : Opcode::newfalse);
}

void DirectWriter::integer(std::int64_t value) {
  out_->integer(value);
}

void DirectWriter::integer(std::uint64_t value) {
  if (value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    out_->integer(static_cast<std::int64_t>(value));
    return;
  }
  // The ninth byte is the sign.
  char bytes[sizeof value + 1] = {};
  for (std::size_t i = 0; i < sizeof value; ++i) {
    bytes[i] = static_cast<char>(value >> (i * 8));
  }
  out_->big_integer({bytes, sizeof bytes});
}

void DirectWriter::floating(double value) {
  out_->floating(value);
}

void DirectWriter::text(std::string_view value) {
  require_wtf8(value);
  out_->text(value);
}

void DirectWriter::bytes(std::span<const std::byte> value) {
  out_->bytes({reinterpret_cast<const char*>(value.data()), value.size()});
}

namespace {

template <class T, class Write>
void write_list(Output& out, std::span<const T> items, Write write) {
  out.opcode(Opcode::empty_list);
  while (!items.empty()) {
    const std::size_t count = std::min(items.size(), DirectWriter::items_of_a_batch);
    out.opcode(Opcode::mark);
    for (const T item : items.first(count)) {
      write(item);
    }
    out.opcode(Opcode::appends);
    items = items.subspan(count);
  }
}

}  // namespace

void DirectWriter::list(std::span<const std::int64_t> items) {
  write_list(*out_, items, [this](std::int64_t item) { out_->integer(item); });
}

void DirectWriter::list(std::span<const double> items) {
  write_list(*out_, items, [this](double item) { out_->floating(item); });
}

void DirectWriter::open_list() {
  out_->opcode(Opcode::empty_list);
}

void DirectWriter::open_dict() {
  out_->opcode(Opcode::empty_dict);
}

void DirectWriter::open_batch() {
  out_->opcode(Opcode::mark);
}

void DirectWriter::close_list_batch() {
  out_->opcode(Opcode::appends);
}

void DirectWriter::close_dict_batch() {
  out_->opcode(Opcode::setitems);
}

std::string DirectWriter::take() && {
  out_->opcode(Opcode::stop);
  return std::move(*out_).take();
}

}  // namespace progeny::pickle::detail

#include <progeny/subprocess/redirect.hpp>

#include "platform/io/descriptor.hpp"

#include <progeny/subprocess/stream.hpp>

namespace progeny::subprocess {

namespace {

Redirect::Kind kind_of(Special special) noexcept {
  switch (special) {
    case Special::pipe:
      return Redirect::Kind::pipe;
    case Special::std_out:
      return Redirect::Kind::std_out;
    case Special::devnull:
      return Redirect::Kind::devnull;
    case Special::pty:
      return Redirect::Kind::pty;
  }
  return Redirect::Kind::inherit;
}

}  // namespace

Redirect::Redirect(Special special) noexcept : kind_(kind_of(special)) {}

Redirect::Redirect(int descriptor) noexcept
    : kind_(Kind::handle),
      handle_(platform::handle_of_descriptor(descriptor)),
      negative_(descriptor < 0) {}

Redirect::Redirect(std::FILE* file) noexcept
    : kind_(Kind::handle), handle_(platform::handle_of_file(file)) {}

Redirect::Redirect(const Stream& stream) : kind_(Kind::handle), handle_(stream.fileno()) {}

Redirect::Redirect(const Handle& handle) noexcept : kind_(Kind::handle), handle_(handle.get()) {}

Redirect read_from(const PathLike& path) {
  Redirect redirect;
  redirect.kind_ = Redirect::Kind::read_file;
  redirect.path_ = path.string();
  return redirect;
}

Redirect write_to(const PathLike& path) {
  Redirect redirect;
  redirect.kind_ = Redirect::Kind::write_file;
  redirect.path_ = path.string();
  return redirect;
}

Redirect append_to(const PathLike& path) {
  Redirect redirect;
  redirect.kind_ = Redirect::Kind::append_file;
  redirect.path_ = path.string();
  return redirect;
}

}  // namespace progeny::subprocess

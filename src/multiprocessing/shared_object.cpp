#include "multiprocessing/shared_object.hpp"

#include <utility>

namespace progeny::multiprocessing::detail {

namespace {

// Of cache lines, so that two objects do not slow each other down.
constexpr std::size_t alignment = 64;

}  // namespace

std::shared_ptr<SharedObject> SharedObject::make(std::size_t size) {
  auto region = Region::make("progeny-object", size);
  return std::make_shared<SharedObject>(
      Place{.region = std::move(region), .offset = 0, .size = size}, Roster::own());
}

SharedObject::SharedObject(Place place, std::shared_ptr<Roster> roster) noexcept
    : place_(std::move(place)), roster_(std::move(roster)) {}

void SharedObject::save(serial::Writer& writer) const {
  save_place(writer, place_);
  save_region(writer, *roster_->region());
}

std::shared_ptr<SharedObject> SharedObject::load(serial::Reader& reader, std::size_t least) {
  Place place = load_place(reader, least, alignment);
  return std::make_shared<SharedObject>(std::move(place), Roster::in(load_region(reader)));
}

}  // namespace progeny::multiprocessing::detail

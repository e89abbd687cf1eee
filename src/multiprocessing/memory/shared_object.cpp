#include "multiprocessing/memory/shared_object.hpp"

#include <progeny/multiprocessing/detail/object_reference.hpp>
#include <progeny/serial.hpp>

#include <utility>

namespace progeny::multiprocessing::detail {

namespace {

// A cache line each, so that two objects do not slow each other down.
constexpr std::size_t alignment = 64;

}  // namespace

std::shared_ptr<SharedObject> SharedObject::make(std::size_t size) {
  auto region = Region::make("progeny-object", size);
  return std::make_shared<SharedObject>(
      Place{.region = std::move(region), .offset = 0, .size = size}, Roster::own());
}

std::shared_ptr<SharedObject> SharedObject::make_in_heap(std::size_t size) {
  auto block = SharedBlock::make(static_cast<std::ptrdiff_t>(size), alignment);
  Place place = block->place();
  return std::make_shared<SharedObject>(std::move(place), Roster::own(), std::move(block));
}

SharedObject::SharedObject(Place place,
                           std::shared_ptr<Roster> roster,
                           std::shared_ptr<SharedBlock> block) noexcept
    : place_(std::move(place)), roster_(std::move(roster)), block_(std::move(block)) {}

// The roster travels with each object, since the receiver may have objects of several families.
void SharedObject::save(serial::Writer& writer) const {
  save_region(writer, *roster_->region());
  writer.write(block_ != nullptr);
  if (block_) {
    block_->save(writer);
  } else {
    save_place(writer, place_);
  }
}

std::shared_ptr<SharedObject> SharedObject::load(serial::Reader& reader, std::size_t least) {
  auto roster = Roster::in(load_region(reader));
  if (!reader.read<bool>()) {
    return std::make_shared<SharedObject>(load_place(reader, least, alignment), std::move(roster));
  }
  auto block = SharedBlock::load(reader, least, alignment);
  Place place = block->place();
  return std::make_shared<SharedObject>(std::move(place), std::move(roster), std::move(block));
}

ObjectReference::ObjectReference(std::shared_ptr<SharedObject> object) noexcept
    : object_(std::move(object)) {}

ObjectReference::ObjectReference(const ObjectReference&) noexcept = default;
ObjectReference::ObjectReference(ObjectReference&&) noexcept = default;

// By way of a new object, whose destructor lets go of the old one as all do.
ObjectReference& ObjectReference::operator=(const ObjectReference& other) noexcept {
  ObjectReference taken(other);
  object_.swap(taken.object_);
  return *this;
}

ObjectReference& ObjectReference::operator=(ObjectReference&& other) noexcept {
  ObjectReference taken(std::move(other));
  object_.swap(taken.object_);
  return *this;
}

ObjectReference::~ObjectReference() {
  if (object_) {  // Else it was moved from.
    Keeping::let_go(object_->block());
  }
}

}  // namespace progeny::multiprocessing::detail

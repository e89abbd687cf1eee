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
  auto block = SharedBlock::make(static_cast<std::ptrdiff_t>(size), alignment);
  return std::make_shared<SharedObject>(Roster::own(), std::move(block));
}

SharedObject::SharedObject(std::shared_ptr<Roster> roster,
                           std::shared_ptr<SharedBlock> block) noexcept
    : data_(block->data()), roster_(std::move(roster)), block_(std::move(block)) {}

// The roster travels with each object, since the receiver may have objects of several families. A
// region's handle travels once in a message, however many objects lie in it.
void SharedObject::save(serial::Writer& writer) const {
  save_region(writer, *roster_->region());
  block_->save(writer);
}

std::shared_ptr<SharedObject> SharedObject::load(serial::Reader& reader, std::size_t least) {
  auto roster = Roster::in(load_region(reader));
  return std::make_shared<SharedObject>(std::move(roster),
                                        SharedBlock::load(reader, least, alignment));
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

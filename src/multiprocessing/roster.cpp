#include "multiprocessing/roster.hpp"

#include "platform/fork.hpp"
#include "platform/thread.hpp"

#include <progeny/base/errors.hpp>

#include <fmt/format.h>

#include <cstddef>
#include <map>
#include <utility>

namespace progeny::multiprocessing::detail {

namespace {

// A number is a place, and above it as much of the count of its claims as the word has room for.
constexpr unsigned bits_of_place = 12;
constexpr std::size_t places = std::size_t{1} << bits_of_place;
constexpr MemberId mask_of_place = places - 1;
constexpr unsigned bits_of_claim = 31 - bits_of_place;
constexpr MemberId mask_of_claim = (MemberId{1} << bits_of_claim) - 1;
constexpr std::size_t size_of_roster = places * sizeof(platform::LifeMark);

// The rosters that this process knows. Never destroyed: objects of static storage may outlive it.
struct KnownRosters {
  std::mutex mutex;
  std::shared_ptr<Roster> own;
  std::map<const Region*, std::weak_ptr<Roster>> rosters;
};

KnownRosters& known_rosters() {
  static KnownRosters& known = []() -> KnownRosters& {
    auto& made = *new KnownRosters;
    platform::on_fork({.before = []() noexcept { known_rosters().mutex.lock(); },
                       .after_in_parent = []() noexcept { known_rosters().mutex.unlock(); },
                       .after_in_child =
                           []() noexcept {
                             auto& copied = known_rosters();
                             for (const auto& [region, roster] : copied.rosters) {
                               if (const auto used = roster.lock()) {
                                 used->forget_me();
                               }
                             }
                             copied.mutex.unlock();
                           }});
    return made;
  }();
  return known;
}

// With the mutex held.
std::shared_ptr<Roster> keep(KnownRosters& known, std::shared_ptr<Region> region) {
  std::erase_if(known.rosters, [](const auto& entry) { return entry.second.expired(); });
  const Region* const key = region.get();
  auto roster = std::make_shared<Roster>(std::move(region));
  known.rosters[key] = roster;
  return roster;
}

}  // namespace

Roster::Roster(std::shared_ptr<Region> region) : region_(std::move(region)) {
  if (region_->size() < size_of_roster) {
    throw ValueError(fmt::format("a roster has {} bytes, not {}", size_of_roster, region_->size()));
  }
}

std::shared_ptr<Roster> Roster::own() {
  auto& known = known_rosters();
  const std::lock_guard lock(known.mutex);
  if (!known.own) {
    known.own = keep(known, Region::make("progeny-roster", size_of_roster));
  }
  return known.own;
}

std::shared_ptr<Roster> Roster::in(std::shared_ptr<Region> region) {
  auto& known = known_rosters();
  const std::lock_guard lock(known.mutex);
  const auto found = known.rosters.find(region.get());
  if (found != known.rosters.end()) {
    if (auto roster = found->second.lock()) {
      return roster;
    }
  }
  return keep(known, std::move(region));
}

bool Roster::is_dead(MemberId member) const noexcept {
  const platform::LifeMark& place = place_of(member);
  const std::uint32_t claims = place.claims.load(std::memory_order_acquire);
  return (claims & mask_of_claim) != member >> bits_of_place || platform::is_over(place, claims);
}

platform::FutexWait Roster::watch(MemberId member) noexcept {
  return platform::watch(place_of(member));
}

void Roster::spread_death(MemberId member) noexcept {
  platform::spread_end(place_of(member));
}

platform::LifeMark& Roster::place_of(MemberId member) const noexcept {
  return region_->at<platform::LifeMark>((member & mask_of_place) * sizeof(platform::LifeMark));
}

MemberId Roster::join() {
  auto& known = known_rosters();
  const std::lock_guard lock(known.mutex);
  MemberId mine = me_.load(std::memory_order_relaxed);
  if (mine == 0) {
    mine = platform::is_main_thread() ? take_place() : take_place_in_a_thread();
    if (mine == 0) {
      throw RuntimeError(
          fmt::format("{} processes use the shared objects of this family already", places));
    }
    me_.store(mine, std::memory_order_relaxed);
  }
  return mine;
}

MemberId Roster::take_place() noexcept {
  for (MemberId place = 0; place < places; ++place) {
    const MemberId number = platform::claim(place_of(place)) & mask_of_claim;
    if (number != 0) {  // A place whose count passes 0 is left alone this once.
      return number << bits_of_place | place;
    }
  }
  return 0;
}

MemberId Roster::take_place_in_a_thread() {
  struct Answer {
    std::atomic<bool> given{false};
    MemberId member = 0;
  };
  const auto answer = std::make_shared<Answer>();
  platform::start_quiet_thread([this, answer] {
    answer->member = take_place();
    const MemberId member = answer->member;
    answer->given = true;
    answer->given.notify_one();
    while (member != 0) {
      const platform::FutexWord never{0};
      static_cast<void>(platform::wait_on(never, 0, progeny::detail::Deadline()));
    }
  });
  answer->given.wait(false);
  return answer->member;
}

}  // namespace progeny::multiprocessing::detail

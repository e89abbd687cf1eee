#include "multiprocessing/memory/roster.hpp"

#include "base/log.hpp"
#include "platform/process/per_process.hpp"
#include "platform/system/thread.hpp"

#include <progeny/base/errors.hpp>

#include <fmt/format.h>

#include <cstddef>
#include <map>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::detail {

namespace {

// A MemberId is a place, and above it as many bits of the count of its claims as there is room for.
constexpr unsigned bits_of_place = 12;
constexpr std::size_t places = std::size_t{1} << bits_of_place;
constexpr MemberId mask_of_place = places - 1;
constexpr unsigned bits_of_claim = bits_of_member - bits_of_place;
constexpr MemberId mask_of_claim = (MemberId{1} << bits_of_claim) - 1;
constexpr std::size_t size_of_roster = places * sizeof(platform::LivenessSlot);

platform::LivenessSlot& place_in(const Region& region, MemberId member) noexcept {
  return region.at<platform::LivenessSlot>((member & mask_of_place) *
                                           sizeof(platform::LivenessSlot));
}

// Claims a place for the calling thread. Returns 0 if no place is free.
MemberId take_place(const Region& region) noexcept {
  for (MemberId place = 0; place < places; ++place) {
    const MemberId number = platform::claim(place_in(region, place)) & mask_of_claim;
    // `claim` returns 0 for a place that is in use. A count that is 0 in these bits looks the same:
    // then the place stays claimed, unused, until this thread ends.
    if (number != 0) {
      return number << bits_of_place | place;
    }
  }
  return 0;
}

// A place that only the main thread can give up: another thread destroyed its roster. The kernel
// knows the place as one of the main thread's robust mutexes, so its memory has to stay mapped.
struct Leftover {
  std::shared_ptr<Region> region;
  MemberId member;
};

// The rosters that this process knows. Never destroyed: objects of static storage may use it later.
struct KnownRosters {
  std::mutex mutex;  ///< Guards all that follows.
  std::shared_ptr<Roster> own;
  std::map<const Region*, std::weak_ptr<Roster>> rosters;
  std::vector<Leftover> leftovers;

  void after_fork_in_child() noexcept {
    for (const auto& [region, roster] : rosters) {
      if (const auto used = roster.lock()) {
        used->forget_me();
      }
    }
    leftovers.clear();
  }
};

KnownRosters& known_rosters() {
  return platform::PerProcess<KnownRosters>::get();
}

// Makes a roster and notes it. The caller holds the mutex.
std::shared_ptr<Roster> keep(KnownRosters& known, std::shared_ptr<Region> region) {
  std::erase_if(known.rosters, [](const auto& entry) { return entry.second.expired(); });
  const Region* const key = region.get();
  auto roster = std::make_shared<Roster>(std::move(region));
  known.rosters[key] = roster;
  return roster;
}

// For the main thread, with the mutex held.
void give_up_leftovers(KnownRosters& known) noexcept {
  for (const auto& [region, member] : known.leftovers) {
    platform::give_up(place_in(*region, member));
  }
  known.leftovers.clear();
}

}  // namespace

//     told   set by      means
//     0      -           the thread is looking for a place
//     1      the thread  `member` is known: the place, or 0 if there was none
//     2      ~Roster     the thread is to give the place up and end
//
// Release and acquire of `told` pass the rest from the thread to the process.
struct Roster::Stand {
  platform::FutexWord told{0};
  MemberId member = 0;
  bool is_marked = true;

  void tell(std::uint32_t word) noexcept {
    told.store(word, std::memory_order_release);
    platform::wake_all(told);
  }
  void wait_while(std::uint32_t word) const noexcept {
    while (told.load(std::memory_order_acquire) == word) {
      static_cast<void>(platform::wait_on(told, word, progeny::detail::Deadline()));
    }
  }
};

Roster::Roster(std::shared_ptr<Region> region) : region_(std::move(region)) {
  if (region_->size() < size_of_roster) {
    throw ValueError(fmt::format("a roster has {} bytes, not {}", size_of_roster, region_->size()));
  }
}

// The last user is gone, so `me_` and `stand_` do not change any more. A place has to be given up
// by the thread that claimed it, and must not be unmapped before.
Roster::~Roster() {
  const MemberId mine = me_.load(std::memory_order_relaxed);
  if (mine == 0) {
    return;
  }
  if (stand_) {
    stand_->tell(2);
  } else if (platform::is_main_thread()) {
    platform::give_up(place_in(*region_, mine));
  } else {
    auto& known = known_rosters();
    const std::lock_guard lock(known.mutex);
    known.leftovers.push_back({.region = region_, .member = mine});
  }
}

void Roster::forget_me() noexcept {
  me_.store(0, std::memory_order_relaxed);
  stand_.reset();
}

std::shared_ptr<Roster> Roster::own() {
  auto& known = known_rosters();
  {
    const std::lock_guard lock(known.mutex);
    if (known.own) {
      return known.own;
    }
  }
  // Not with the mutex held: `make` takes other mutexes, and a fork takes all of them in its own
  // order.
  auto region = Region::make("progeny-roster", size_of_roster);
  const std::lock_guard lock(known.mutex);
  if (!known.own) {
    known.own = keep(known, std::move(region));
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

// A number without a claim was given to no process: memory that others share may hold anything.
bool Roster::is_dead(MemberId member) const noexcept {
  const MemberId claim = member >> bits_of_place;
  if (claim == 0) {
    return true;
  }
  const platform::LivenessSlot& place = place_in(*region_, member);
  // Acquire pairs with the claim's release: if the number is still this member's, the kernel's mark
  // that `is_over` looks at is this member's, too.
  const std::uint32_t claims = place.claims.load(std::memory_order_acquire);
  return (claims & mask_of_claim) != claim || platform::is_over(place, claims);
}

platform::FutexWait Roster::watch(MemberId member) noexcept {
  return platform::watch(place_in(*region_, member));
}

void Roster::spread_death(MemberId member) noexcept {
  platform::spread_end(place_in(*region_, member));
}

MemberId Roster::join() {
  bool is_marked = true;
  const MemberId mine = join(is_marked);
  // Not with the mutex held: the host's log may take others.
  static std::atomic_flag has_warned;
  if (!is_marked && !has_warned.test_and_set()) {
    progeny::detail::log_warning(
        "set_robust_list is denied, as by a sandbox: the kernel wakes nobody when a process dies "
        "with a lock; those that wait look for that themselves, four times a second");
  }
  return mine;
}

// Sets `is_marked` to false if the system will not tell of the end of the new member.
MemberId Roster::join(bool& is_marked) {
  auto& known = known_rosters();
  const std::lock_guard lock(known.mutex);
  MemberId mine = me_.load(std::memory_order_relaxed);
  if (mine == 0) {
    const bool is_main = platform::is_main_thread();
    if (is_main) {
      give_up_leftovers(known);
      is_marked = platform::ends_are_marked();
    }
    mine = is_main ? take_place(*region_) : take_place_in_a_thread(is_marked);
    if (mine == 0) {
      throw RuntimeError(
          fmt::format("{} processes use the shared objects of this family already", places));
    }
    me_.store(mine, std::memory_order_relaxed);
  }
  return mine;
}

MemberId Roster::take_place_in_a_thread(bool& is_marked) {
  auto stand = std::make_shared<Stand>();
  platform::start_quiet_thread([region = region_, stand] {
    stand->is_marked = platform::ends_are_marked();
    stand->member = take_place(*region);
    stand->tell(1);
    if (stand->member != 0) {
      stand->wait_while(1);
      platform::give_up(place_in(*region, stand->member));
    }
  });
  stand->wait_while(0);
  is_marked = stand->is_marked;
  if (stand->member != 0) {
    stand_ = stand;
  }
  return stand->member;
}

}  // namespace progeny::multiprocessing::detail

#include <progeny/base/timeout.hpp>
#include <progeny/multiprocessing/detail/pool_work.hpp>
#include <progeny/multiprocessing/errors.hpp>
#include <progeny/multiprocessing/pool/imap.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <utility>

namespace progeny::multiprocessing::detail {

ChunkFlow::ChunkFlow(std::shared_ptr<PoolCore> core, Source source, Options options)
    : core_(std::move(core)), source_(std::move(source)), options_(std::move(options)) {}

// The input's own exception is kept until the results before it were taken.
void ChunkFlow::fill() {
  while (!is_at_end_ && jobs_.size() < options_.ahead) {
    std::optional<PoolWork> work;
    try {
      work = source_();
    } catch (...) {
      input_error_ = std::current_exception();
    }
    if (!work) {
      is_at_end_ = true;
      return;
    }
    const std::size_t items = work->items;
    jobs_.push_back(submit(
        core_,
        {.retries = options_.retries, .name = options_.name, .first_index = taken_, .is_map = true},
        std::span(&*work, 1)));
    taken_ += items;
  }
}

std::shared_ptr<PoolJob> ChunkFlow::next(const Timeout& timeout) {
  fill();
  if (jobs_.empty()) {
    if (const auto error = std::exchange(input_error_, nullptr)) {
      std::rethrow_exception(error);
    }
    return nullptr;
  }
  const std::span all(jobs_);
  const std::size_t position =
      wait_for_any(*core_, options_.in_order ? all.first(1) : all, timeout);
  if (position == (options_.in_order ? 1 : all.size())) {
    throw TimeoutError("the next result is not ready");
  }
  auto job = std::move(jobs_[position]);
  jobs_.erase(jobs_.begin() + static_cast<std::ptrdiff_t>(position));
  return job;
}

}  // namespace progeny::multiprocessing::detail

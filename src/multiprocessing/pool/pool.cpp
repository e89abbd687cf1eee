// What the templates of Pool call.

#include <progeny/multiprocessing/pool/pool.hpp>

#include "base/log.hpp"
#include "multiprocessing/connection/tickets.hpp"
#include "multiprocessing/pool/pool_core.hpp"
#include "multiprocessing/pool/shared_transport.hpp"
#include "multiprocessing/pool/worker_life.hpp"
#include "platform/system/processor.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/base/timeout.hpp>
#include <progeny/multiprocessing/detail/pool_core.hpp>
#include <progeny/multiprocessing/detail/pool_work.hpp>
#include <progeny/multiprocessing/errors.hpp>
#include <progeny/multiprocessing/pool/options.hpp>
#include <progeny/serial/exceptions.hpp>
#include <progeny/serial/message.hpp>

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace progeny::multiprocessing {

namespace detail {

// --- jobs

PoolJob::PoolJob(std::shared_ptr<PoolCore> core, JobOptions options, std::size_t tasks)
    : core_(std::move(core)), options_(std::move(options)), tasks_(tasks), left_(tasks) {
  if (tasks != 1) {
    many_.resize(tasks);
  }
}

PoolJob::~PoolJob() = default;

bool PoolJob::wait(const Timeout& timeout) {
  return ready() || core_->wait([this] { return ready(); }, timeout);
}

void PoolJob::require_success(const Timeout& timeout) {
  if (!wait(timeout)) {
    throw TimeoutError("the result is not ready");
  }
  if (failed_ != nullptr) {
    std::rethrow_exception(error_of(*failed_));
  }
}

std::span<PoolOutcome> PoolJob::outcomes() noexcept {
  return tasks_ == 1 ? std::span(&only_, 1) : std::span(many_);
}

serial::Incoming PoolJob::incoming(const PoolOutcome& outcome) {
  return outcome.has_tickets ? fetched(outcome.bytes)
                             : serial::Incoming{.bytes = outcome.bytes, .handles = {}};
}

std::exception_ptr PoolJob::error_of(const PoolOutcome& outcome) {
  return outcome.error ? outcome.error : serial::decode_exception(outcome.bytes);
}

// --- the core

std::shared_ptr<PoolJob> submit(const std::shared_ptr<PoolCore>& core,
                                JobOptions options,
                                std::span<PoolWork> work) {
  if (!core->is_ours()) {
    throw UsageError("this pool belongs to another process");
  }
  return core->submit(std::move(options), work);
}

std::size_t wait_for_any(PoolCore& core,
                         std::span<const std::shared_ptr<PoolJob>> jobs,
                         const Timeout& timeout) {
  const auto first = [jobs] {
    return std::ranges::find_if(jobs, [](const auto& job) { return job->ready(); });
  };
  static_cast<void>(core.wait([&] { return first() != jobs.end(); }, timeout));
  return static_cast<std::size_t>(first() - jobs.begin());
}

std::size_t size_of(const PoolCore& core) {
  return core.size();
}

bool has_copies(const PoolCore& core) {
  return core.has_copies();
}

void require_running(const PoolCore& core) {
  if (!core.is_ours()) {
    throw UsageError("this pool belongs to another process");
  }
  if (!core.is_running()) {
    throw ValueError("Pool not running");
  }
}

std::shared_ptr<PoolCore> make_pool(const PoolOptions& options, PoolKind kind) {
  const std::size_t size = at_least_one(
      "Number of processes", options.processes.value_or(std::max(1, platform::processor_count())));
  const WorkerSetup setup{
      .initializer = options.initializer.task(),
      .most_tasks = options.maxtasksperchild
                        ? at_least_one("maxtasksperchild", *options.maxtasksperchild)
                        : 0};
  auto life = kind == PoolKind::threads ? thread_life(setup) : process_life(setup, options.context);
  auto core = std::make_shared<PoolCore>(
      std::make_unique<SharedTransport>(), std::move(life), size, setup.most_tasks);
  core->start();
  return core;
}

void close_pool(PoolCore& core) {
  core.close();
}

void terminate_pool(PoolCore& core) {
  core.terminate();
}

void join_pool(PoolCore& core) {
  core.join();
}

// In a copy of the process the threads do not exist: there the core stays as it is, for ever.
void end_pool(std::shared_ptr<PoolCore> core) noexcept {
  try {
    if (!core->is_ours()) {
      static_cast<void>(new std::shared_ptr<PoolCore>(std::move(core)));
      return;
    }
    core->terminate();
    core->join();
  } catch (const std::exception&) {
    core->abandon();
  }
}

std::vector<int> pids_of(const PoolCore& core) {
  return core.pids();
}

std::string repr_of(const PoolCore& core, PoolKind kind) {
  return fmt::format("<{} state={} pool_size={}>",
                     kind == PoolKind::threads ? "ThreadPool" : "Pool",
                     core.state_name(),
                     core.size());
}

std::size_t chunk_size(std::optional<std::int64_t> asked, std::size_t items, std::size_t workers) {
  if (asked) {
    return at_least_one("chunksize", *asked);
  }
  const std::size_t shares = 4 * workers;
  return std::max<std::size_t>(1, (items + shares - 1) / shares);
}

std::size_t at_least_one(const char* name, std::int64_t value) {
  if (value < 1) {
    throw ValueError(fmt::format("{} must be at least 1, not {}", name, value));
  }
  return static_cast<std::size_t>(value);
}

}  // namespace detail
}  // namespace progeny::multiprocessing

#include "multiprocessing/pool/serve_tasks.hpp"

#include "multiprocessing/connection/tickets.hpp"
#include "multiprocessing/pool/transport.hpp"
#include "multiprocessing/pool/worker_life.hpp"

#include <progeny/multiprocessing/detail/pool_work.hpp>
#include <progeny/multiprocessing/process.hpp>
#include <progeny/serial/exceptions.hpp>
#include <progeny/serial/function.hpp>
#include <progeny/serial/message.hpp>
#include <progeny/serial/reader.hpp>
#include <progeny/serial/writer.hpp>

#include <cstdint>
#include <cstring>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::detail {

namespace {

// An exception that is to end the process, not the task.
void let_exit_pass(const serial::Failure& failure) {
  try {
    std::rethrow_exception(failure.error);
  } catch (const SystemExit&) {
    throw;
  } catch (...) {  // NOLINT(bugprone-empty-catch): it becomes the task's answer.
  }
}

void answer_error(WorkerPort& port,
                  Answer::Kind kind,
                  std::uint64_t number,
                  const serial::Failure& failure) {
  port.answer({.kind = kind, .number = number, .bytes = serial::encode_exception(failure)});
}

// A function that tasks name by a number, or why there is none.
struct KnownFunction {
  serial::Function function = {};
  PoolEntry* entry = nullptr;
  std::string error = {};
};

// The tokens come from this process's parent alone, so modules may be loaded.
KnownFunction find(std::string_view token) {
  KnownFunction known;
  const auto failure = serial::run_and_capture([&] {
    known.function = serial::find(serial::token_from_bytes(token), {.load_modules = true});
    known.entry = serial::entry_of<PoolEntry>(*known.function.descriptor);
  });
  if (failure) {
    known.error = serial::encode_exception(*failure);
  }
  return known;
}

void call(const KnownFunction& known, const TaskMessage& task, PoolOutput& output) {
  serial::Incoming incoming =
      task.has_tickets ? fetched(task.bytes) : serial::Incoming{.bytes = task.bytes, .handles = {}};
  serial::Reader reader(
      incoming.bytes, incoming.handles, "the arguments of a task", serial::Origin::parent);
  known.entry(known.function.callee, reader, output);
}

void answer_value(WorkerPort& port, std::uint64_t number, PoolOutput& output) {
  if (output.tickets.empty()) {
    port.answer({.number = number, .bytes = output.result.bytes()});
  } else {
    output.tickets += output.result.bytes();
    port.answer({.has_tickets = true, .number = number, .bytes = output.tickets});
  }
  output.result.mark_sent();
}

void run_task(WorkerPort& port, const KnownFunction& known, const TaskMessage& task) {
  if (!known.error.empty()) {
    port.answer({.kind = Answer::Kind::error, .number = task.number, .bytes = known.error});
    return;
  }
  serial::Writer result;
  PoolOutput output{.result = result, .item = port.item()};
  output.item.store(0, std::memory_order_relaxed);
  const auto failure = serial::run_and_capture([&] { call(known, task, output); });
  if (failure) {
    let_exit_pass(*failure);
    answer_error(port, Answer::Kind::error, task.number, *failure);
  } else {
    answer_value(port, task.number, output);
  }
}

// Returns whether the initializer is through.
bool initialize(WorkerPort& port, const WorkerSetup& setup) {
  if (setup.initializer) {
    if (const auto failure = serial::run_and_capture([&] { setup.initializer->run(); })) {
      let_exit_pass(*failure);
      answer_error(port, Answer::Kind::init_error, 0, *failure);
      return false;
    }
  }
  port.answer({.kind = Answer::Kind::ready});
  return true;
}

// Runs tasks until there are no more, or until there were enough.
template <class Run>
void serve(WorkerPort& port, const WorkerSetup& setup, const Run& run) {
  port.arrive();
  if (!initialize(port, setup)) {
    return;
  }
  std::uint64_t done = 0;
  while (const std::optional<TaskMessage> message = port.next()) {
    if (message->kind == TaskMessage::Kind::task && !port.begin(message->number)) {
      continue;
    }
    run(*message);
    if (message->kind == TaskMessage::Kind::task && ++done == setup.most_tasks) {
      port.answer({.kind = Answer::Kind::retiring});
      return;
    }
  }
}

}  // namespace

// They stay with this process until they are fetched.
void add_tickets(PoolOutput& output) {
  Tickets tickets(output.result.handles());
  output.tickets = tickets.text();
  tickets.hand_over();
}

void serve_calls(WorkerPort& port, const WorkerSetup& setup) {
  std::vector<KnownFunction> functions;  // By number.
  serve(port, setup, [&](const TaskMessage& message) {
    if (message.kind == TaskMessage::Kind::function) {
      functions.push_back(find(message.bytes));
    } else {
      run_task(port, functions.at(message.function), message);
    }
  });
}

void serve_thunks(WorkerPort& port, const WorkerSetup& setup) {
  serve(port, setup, [&](const TaskMessage& message) {
    PoolThunk* thunk = nullptr;
    std::memcpy(&thunk, message.bytes.data(), sizeof thunk);
    std::exception_ptr error;
    try {
      thunk->run(port.item());
    } catch (...) {
      error = std::current_exception();
    }
    auto owned = error ? std::make_unique<std::exception_ptr>(error) : nullptr;
    std::exception_ptr* const sent = owned.release();
    port.answer(
        {.number = message.number, .bytes = {reinterpret_cast<const char*>(&sent), sizeof sent}});
  });
}

}  // namespace progeny::multiprocessing::detail

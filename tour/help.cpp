#include "help.hpp"

#include "documentation.hpp"

#include <algorithm>
#include <array>
#include <ranges>
#include <stdexcept>
#include <string_view>

namespace tour {

extern const std::string_view popen_header;
extern const std::string_view options_header;
extern const std::string_view multiprocessing_headers;

namespace {

std::string in_full(std::string_view header) {
  std::string text;
  for (const Declaration& declaration : read_declarations(header)) {
    text += "\n  " + declaration.text + "\n";
    for (const std::string& line : declaration.comment) {
      text += line.empty() ? "\n" : "      " + line + "\n";
    }
  }
  return text;
}

// The class with the comment before it, without what stands above it in the header.
std::string_view popen_class() {
  const std::size_t begin = popen_header.find("\nclass PROGENY_EXPORT Popen");
  return popen_header.substr(popen_header.rfind("\n\n", begin));
}

// The arguments that Popen takes; before them stand those of run().
std::string_view popen_options() {
  const std::size_t begin = options_header.find("  int bufsize");
  return options_header.substr(options_header.rfind("\n\n", begin));
}

// Modules of Python's package that are headers here, and what each is about.
struct Module {
  std::string_view name;
  std::string_view about;
};

constexpr std::array modules{
    Module{.name = "connection", .about = "messages between processes; Listener and Client too"},
    Module{.name = "context", .about = "start methods, and contexts that are bound to one"},
    Module{.name = "forkserver", .about = "the server of the start method of that name"},
    Module{.name = "pool", .about = "workers that run functions; ThreadPool too"},
    Module{.name = "process", .about = "functions in processes of their own"},
    Module{.name = "queues", .about = "values that some processes put and others get"},
    Module{.name = "reduction", .about = "handles over sockets; also as reducer"},
    Module{.name = "resource_sharer", .about = "handles for processes without a connection"},
    Module{.name = "sharedctypes", .about = "values and arrays in shared memory"},
    Module{.name = "spawn", .about = "how children of spawn and forkserver enter the program"},
    Module{.name = "synchronize", .about = "locks, semaphores, conditions, events and barriers"},
    Module{.name = "util", .about = "functions that run when a process ends or is forked"},
};

constexpr std::array classes{"ProcessError",   "AuthenticationError",
                             "BufferTooShort", "TimeoutError",
                             "Process",        "Connection",
                             "Context",        "Queue",
                             "JoinableQueue",  "SimpleQueue",
                             "Lock",           "RLock",
                             "Semaphore",      "BoundedSemaphore",
                             "Condition",      "Event",
                             "Barrier",        "Value",
                             "Array",          "RawValue",
                             "RawArray",       "Pool"};

constexpr std::array functions{"Pipe",
                               "active_children",
                               "allow_connection_pickling",
                               "cpu_count",
                               "current_process",
                               "freeze_support",
                               "get_all_start_methods",
                               "get_context",
                               "get_logger",
                               "get_start_method",
                               "log_to_stderr",
                               "parent_process",
                               "set_executable",
                               "set_forkserver_preload",
                               "set_start_method"};

// Members of Process that the notebook's help lists.
constexpr std::array members{"run",
                             "start",
                             "join",
                             "is_alive",
                             "terminate",
                             "authkey",
                             "daemon",
                             "exitcode",
                             "ident",
                             "name",
                             "pid",
                             "sentinel"};

// Members of a queue.
constexpr std::array queue_members{"put",
                                   "put_nowait",
                                   "put_many",
                                   "get",
                                   "get_nowait",
                                   "get_many",
                                   "get_view",
                                   "qsize",
                                   "empty",
                                   "full",
                                   "close",
                                   "join_thread",
                                   "cancel_join_thread",
                                   "fileno"};

// Takes the last of several: functions come after the methods of the same name.
std::string entry(const std::vector<Declaration>& all, const std::string& wanted) {
  const auto found =
      std::ranges::find_if(std::views::reverse(all), [&](const Declaration& declaration) {
        return (" " + declaration.text + " ").find(wanted) != std::string::npos;
      });
  if (found == all.rend()) {
    throw std::logic_error("the headers declare no" + wanted);
  }
  return "    " + found->text + "\n        " + found->summary() + "\n";
}

std::string_view process_class() {
  const std::size_t begin = multiprocessing_headers.find("\nclass PROGENY_EXPORT Process {");
  return multiprocessing_headers.substr(begin);
}

std::string_view queue_class() {
  const std::size_t begin = multiprocessing_headers.find("\nclass Queue {");
  return multiprocessing_headers.substr(begin, multiprocessing_headers.find("\n};", begin) - begin);
}

}  // namespace

std::string help_on_popen() {
  return "Help on class Popen in progeny::subprocess:\n" + in_full(popen_class()) +
         "\nKeyword arguments, in progeny::subprocess::Options:\n" + in_full(popen_options()) +
         "\n";
}

std::string help_on_multiprocessing() {
  const auto all = read_declarations(multiprocessing_headers);
  const auto of_process = read_declarations(process_class());
  std::string text = "Help on progeny::multiprocessing:\n\nPACKAGE CONTENTS\n";
  for (const Module& module : modules) {
    text += "    " + std::string(module.name) + "\n        " + std::string(module.about) + "\n";
  }
  text += "\nCLASSES\n";
  for (const std::string name : classes) {
    text += entry(all, "class " + name + " ");
  }
  text += "\nMETHODS OF Process\n";
  for (const std::string name : members) {
    text += entry(of_process, " " + name + "(");
  }
  text += "\nFUNCTIONS\n";
  for (const std::string name : functions) {
    text += entry(all, " " + name + "(");
  }
  return text + "\n";
}

std::string help_on_queue() {
  const auto all = read_declarations(queue_class());
  std::string text;
  for (const std::string name : queue_members) {
    text += entry(all, " " + name + "(");
  }
  return text + "\n";
}

}  // namespace tour

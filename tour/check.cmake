# Runs the tour and looks for what every cell has to show.
execute_process(COMMAND ${TOUR} OUTPUT_VARIABLE shown ERROR_VARIABLE errors RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "the tour ended with ${result}\n${shown}\n${errors}")
endif()
message("${shown}")

function(expect pattern)
  if(NOT shown MATCHES "${pattern}")
    message(FATAL_ERROR "the tour does not show: ${pattern}")
  endif()
endfunction()

foreach(number RANGE 1 16)
  expect("In \\[${number}\\]: ")
endforeach()
expect("In \\[2\\]: os::system\\(\"notepad.exe\"\\)\n+Out\\[2\\]: 0\n")
expect("In \\[3\\]: os::system\\(\"explorer.exe c:\\\\\\\\windows\"\\)\n")
if(SYSTEM STREQUAL "posix")
  expect("Out\\[3\\]: 256\n")
  expect("Out\\[16\\]: \\['[^\n]*notepad[^\n]*\\\\n'")
else()
  expect("Out\\[3\\]: [01]\n")
  expect("In \\[15\\]: sp::Popen p\\(\"cmd /c dir\", {.std_out = sp::PIPE}\\);\n")
  expect("Out\\[16\\]: \\['[^\n]*<DIR>[^\n]*\\\\r\\\\n'")
endif()
expect("In \\[1\\]: #include <progeny/os.hpp>\n")
expect("In \\[4\\]: os::startfile\\(slides\\);\n")
expect("In \\[5\\]: #include <progeny/subprocess.hpp>\n")
expect("\n  std::int64_t wait\\(Timeout timeout = {}, const std::stop_token& stop = {}\\)\n")
foreach(name bufsize executable std_in std_out std_err preexec_fn close_fds shell cwd env
             universal_newlines startupinfo creationflags restore_signals start_new_session
             pass_fds encoding errors communicate kill poll send_signal terminate wait pid
             returncode)
  expect("\n  [^\n]*${name}[^\n]*\n")
endforeach()
expect("Out\\[8\\]: <Popen: returncode: None args: 'notepad.exe'>\n")
expect("Out\\[9\\]: 0\n")
set(killed "<Popen: returncode: None args: 'notepad.exe'>")
expect("Out\\[12\\]: \\[${killed}(,[ \n]+${killed})+\\]\n")
string(REGEX MATCHALL "${killed}" reprs "${shown}")
list(LENGTH reprs count)
if(NOT count EQUAL 11)
  message(FATAL_ERROR "one Popen and a list of ten are to be printed, not ${count}")
endif()
expect("In \\[13\\]: p\\[0\\].wait\\(10s\\)\nTimeoutExpired: Command 'notepad.exe' timed out after 10 seconds\n")
expect("Out\\[14\\]: 0\n")

# Every name of multiprocessing that the notebook lists is shown, or is a row of the differences.
if(SYSTEM STREQUAL "posix")
  expect("In \\[17\\]: #include <progeny/multiprocessing.hpp>\n")
  expect("Out\\[23\\]: <Process name='Process-1' pid=[0-9]+ parent=[0-9]+ stopped exitcode=42>\n")
  expect("Out\\[25\\]: \\[1, 4, 9\\]\n")
  expect("In \\[19\\]: using Queue = mp::Queue<std::string>;\n")
  expect("In \\[20\\]: Queue q;\n")
  foreach(name put get put_nowait get_nowait qsize empty full close join_thread cancel_join_thread)
    expect("\n    [^\n]* ${name}\\(")
  endforeach()
  expect("Out\\[27\\]: \\['hello from process 1',[ \n]+'hello from process 2',[ \n]+'hello from process 3'\\]\n")
  expect("Out\\[29\\]: 4000\n")
  expect("Out\\[30\\]: 3\n")
  expect("In \\[32\\]: lock.acquire\\(\\);\nOwnerDied: ")
  expect("Out\\[34\\]: \\[1, 8, 27, 64\\]\n")
  expect("In \\[35\\]: pool.apply\\(crash, 3\\);\nWorkerLost: ")
  expect("Out\\[36\\]: 125\n")
  file(READ ${DIFFERENCES} differences)
  string(REGEX REPLACE "^.*Help on progeny::multiprocessing:" "" help "${shown}")
  foreach(
    name
    connection context dummy forkserver heap managers pool popen_fork popen_forkserver
    popen_spawn_posix popen_spawn_win32 process queues reduction reducer resource_sharer
    semaphore_tracker sharedctypes spawn synchronize util ProcessError AuthenticationError
    BufferTooShort TimeoutError Process BaseProcess run start join is_alive terminate authkey daemon
    exitcode ident name pid sentinel Array Barrier BoundedSemaphore Condition Event JoinableQueue
    Lock Manager Pipe Pool Queue RLock RawArray RawValue Semaphore SimpleQueue Value active_children
    allow_connection_pickling cpu_count current_process freeze_support get_all_start_methods
    get_context get_logger get_start_method log_to_stderr set_executable set_forkserver_preload
    set_start_method)
    if(NOT help MATCHES "(\n    |[ :])${name}[(\n ]" AND NOT differences MATCHES "\n\\| [^|\n]*`${name}[`(][^\n]*\n")
      message(FATAL_ERROR "neither the tour nor docs/python_differences.md has ${name}")
    endif()
  endforeach()
endif()

# Runs ${PROGRAM} and compares what it prints (with -DSTREAM=stderr: there) with the file ${EXPECTED}.
execute_process(COMMAND ${PROGRAM} OUTPUT_VARIABLE stdout ERROR_VARIABLE stderr RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "it ended with ${result}:\n${stdout}\n${stderr}")
endif()
if(NOT STREAM)
  set(STREAM stdout)
endif()
string(REPLACE "\r\n" "\n" printed "${${STREAM}}")  # As Windows writes texts.
file(READ ${EXPECTED} expected)
if(NOT printed STREQUAL expected)
  message(FATAL_ERROR "expected:\n${expected}\nprinted:\n${printed}\non stderr:\n${stderr}")
endif()

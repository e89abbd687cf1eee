// Writes to the log of multiprocessing. Each record on stderr names the process that wrote it.

#include <progeny/multiprocessing.hpp>

namespace mp = progeny::multiprocessing;

namespace {

void work() {
  mp::get_logger().warning("the disk is nearly full");
  mp::get_logger().info("this is below the level");
}

}  // namespace

int main(int argc, char** argv) {
  mp::freeze_support(argc, argv);
  const mp::Logger& logger = mp::log_to_stderr(mp::LogLevel::warning);
  logger.warning("starting a worker");
  mp::Process worker({.name = "worker"}, work);
  worker.start();
  worker.join();
  logger.error("that was all");
}

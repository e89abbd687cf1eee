# Writes to the log of multiprocessing. Each record on stderr names the process that wrote it.

import logging
import multiprocessing as mp


def work():
    mp.get_logger().warning("the disk is nearly full")
    mp.get_logger().info("this is below the level")


if __name__ == "__main__":
    logger = mp.log_to_stderr(logging.WARNING)
    logger.warning("starting a worker")
    worker = mp.Process(name="worker", target=work)
    worker.start()
    worker.join()
    logger.error("that was all")

# Prints the SHA-256 sums of all files below a folder, as `sha256sum` does, with all processors.

import hashlib
import os
import sys
from multiprocessing import Pool, util


def sha256sum(path):
    with open(path, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    return f"{digest}  {os.path.basename(path)}"


def sample_folder():
    folder = util.get_temp_dir()
    for name in ["apple", "pear", "plum"]:
        with open(os.path.join(folder, name), "w") as file:
            print(name, file=file)
    return folder


if __name__ == "__main__":
    files = []
    for folder, _, names in os.walk(sys.argv[1] if len(sys.argv) > 1 else sample_folder()):
        files += [os.path.join(folder, name) for name in names]
    with Pool() as pool:
        for line in pool.imap(sha256sum, sorted(files), chunksize=4):
            print(line)

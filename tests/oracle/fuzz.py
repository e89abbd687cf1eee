"""Answers random cases with Python's own subprocess module.

Usage: fuzz.py CHILD < CASES, where CHILD is the path of the test child. One line comes in for each
case, and one goes out. `encodings` is answered by the names of all text encodings. The form of a
case is described in fuzz_case.hpp.
"""

import codecs
import ctypes
import encodings
import fcntl
import io
import os
import pkgutil
import subprocess
import sys
import tempfile
import termios
import warnings
import zlib

F_SETPIPE_SZ = 1031
LARGE_PIPE = 1 << 20


def any_bytes(error):
    """Surrogates in UTF-8's form are surrogates; other bytes are escaped."""
    data = error.object[error.start:]
    if len(data) >= 3 and data[0] == 0xED and 0xA0 <= data[1] <= 0xBF and 0x80 <= data[2] <= 0xBF:
        return data[:3].decode("utf-8", "surrogatepass"), error.start + 3
    return chr(0xDC00 + data[0]), error.start + 1


codecs.register_error("any_bytes", any_bytes)


def as_text(data):
    return data.decode("utf-8", "any_bytes")


def expand(parts):
    """The bytes that `61*4095,ff8a` stands for."""
    result = b""
    for part in parts.split(",") if parts else []:
        unit, _, count = part.partition("*")
        result += bytes.fromhex(unit) * int(count or 1)
    return result


def shown(data):
    """A result, shortened if it is long."""
    if data is None:
        return "none"
    if isinstance(data, str):
        data = data.encode("utf-8", "surrogatepass")
    if len(data) <= 256:
        return "'" + data.hex() + "'"
    return f"'{data[:24].hex()}..{data[-24:].hex()}' {len(data)} bytes crc {zlib.crc32(data):08x}"


def is_text(fields):
    return bool("text" in fields or "encoding" in fields or "errors" in fields)


def text_options(fields):
    """Text without an encoding is UTF-8 in progeny, and the oracle runs in UTF-8 mode."""
    return {"encoding": fields.get("encoding"), "errors": fields.get("errors")}


def reader(fields, descriptor):
    """As Popen makes one."""
    bufsize = int(fields.get("bufsize", -1))
    if is_text(fields) and bufsize == 1:
        bufsize = -1
    stream = io.open(descriptor, "rb", bufsize)
    return io.TextIOWrapper(stream, **text_options(fields)) if is_text(fields) else stream


def writer(fields, descriptor):
    """As Popen makes one."""
    bufsize = int(fields.get("bufsize", -1))
    line_buffering = is_text(fields) and bufsize == 1
    stream = io.open(descriptor, "wb", -1 if line_buffering else bufsize)
    if is_text(fields):
        stream = io.TextIOWrapper(
            stream, write_through=True, line_buffering=line_buffering, **text_options(fields))
    return stream


def make_pipe():
    read_end, write_end = os.pipe()
    fcntl.fcntl(write_end, F_SETPIPE_SZ, LARGE_PIPE)
    return read_end, write_end


def in_pipe(descriptor):
    buffer = bytearray(4)
    fcntl.ioctl(descriptor, termios.FIONREAD, buffer)
    return int.from_bytes(buffer, sys.byteorder)


def read_step(stream, step):
    name, _, limit = step.partition(":")
    if name in ("readlines", "list"):
        lines = stream.readlines() if name == "readlines" else list(stream)
        joined = ("|" if lines and isinstance(lines[0], str) else b"|").join(lines)
        return f"{len(lines)} {shown(joined)}"
    if name == "next":
        return shown(next(stream, b""))
    return shown(getattr(stream, name)(*([int(limit)] if limit else [])))


def read(fields):
    read_end, write_end = make_pipe()
    os.write(write_end, expand(fields.get("data", "")))
    os.close(write_end)
    with reader(fields, read_end) as stream:
        return " | ".join([read_step(stream, step) for step in fields["steps"].split(",")])


def error_text(error, fields):
    """As progeny tells it: of what cannot be encoded the first character, a surrogate escaped."""
    if not isinstance(error, (UnicodeDecodeError, UnicodeEncodeError)):
        return "LookupError" if isinstance(error, LookupError) else type(error).__name__
    offending = error.object[error.start:error.end]
    if isinstance(error, UnicodeEncodeError):
        if fields.get("errors") == "surrogateescape":
            # It is called for all characters in a row, and refuses the first for the second.
            return f"{type(error).__name__} {error.encoding} {error.reason}"
        offending = offending[:1].encode("utf-8", "backslashreplace")
    return f"{type(error).__name__} {error.encoding} {shown(offending)} {error.reason}"


def write_step(stream, step, fields):
    if step == "flush":
        stream.flush()
        return "flushed"
    data = expand(step.replace("+", ","))
    return str(stream.write(as_text(data) if is_text(fields) else data))


def write(fields):
    read_end, write_end = make_pipe()
    answers = []
    stream = writer(fields, write_end)
    for step in fields["steps"].split(","):
        try:
            answers.append(write_step(stream, step, fields))
        except UnicodeError as error:
            answers.append(error_text(error, fields))
        if "visible" in fields:
            answers.append(f"{in_pipe(read_end)} visible")
    stream.close()
    with io.open(read_end, "rb", 0) as pipe:
        answers.append(shown(pipe.readall()))
    return " | ".join(answers)


def redirections(fields):
    names = {"PIPE": subprocess.PIPE, "STDOUT": subprocess.STDOUT, "DEVNULL": subprocess.DEVNULL}
    return {python: names[fields[ours]]
            for ours, python in (("std_out", "stdout"), ("std_err", "stderr")) if ours in fields}


def communicate(fields):
    options = redirections(fields)
    if "bufsize" in fields:
        options["bufsize"] = int(fields["bufsize"])
    if is_text(fields):
        options.update(text_options(fields), universal_newlines=True)
    data = expand(fields.get("data", ""))
    args = [CHILD, fields["command"]]
    with tempfile.TemporaryFile() as file:
        if "file" in fields:
            file.write(data)
            file.seek(0)
            given = {"stdin": file}
        else:
            given = {"input": as_text(data) if is_text(fields) else data}
        if fields["function"] == "run":
            done = subprocess.run(args, **given, **options)
            return f"{done.returncode} {shown(done.stdout)} {shown(done.stderr)}"
        text = given.pop("input", None)
        if text is not None:
            given = {"stdin": subprocess.PIPE}
        with subprocess.Popen(args, **given, **options) as child:
            output, error = child.communicate(text)
            return f"{child.returncode} {shown(output)} {shown(error)}"


def pairs(text):
    return [tuple(bytes.fromhex(half) for half in pair.split(":"))
            for pair in text.split(",") if pair]


def start(fields):
    if "environ" in fields:
        return environ_of_a_program(fields)
    options = {}
    if "env" in fields:
        options["env"] = dict(pairs(fields["env"]))
    words = fields.get("args", "").split(",")[:-1]
    args = [CHILD, fields["command"]] + [bytes.fromhex(word) for word in words]
    done = subprocess.run(args, stdout=subprocess.PIPE, **options)
    return f"{done.returncode} {shown(done.stdout)}"


SHOW_ENVIRON = """
import os
print(','.join(k.hex() + ':' + v.hex() for k, v in os.environb.items() if k != b'LC_CTYPE'), end='')
"""


def environ_of_a_program(fields):
    """What a program sees whose environment has these very entries, which os.environ cannot hold.

    An entry without a name is left out, because progeny drops it.
    """
    entries = [bytes.fromhex(entry) for entry in fields["environ"].split(",")]
    words = [os.fsencode(sys.executable), b"-I", b"-S", b"-c", SHOW_ENVIRON.encode()]
    read_end, write_end = os.pipe()
    if os.fork() == 0:
        os.dup2(write_end, 1)
        argv = (ctypes.c_char_p * (len(words) + 1))(*words, None)
        envp = (ctypes.c_char_p * (len(entries) + 1))(*entries, None)
        ctypes.CDLL(None).execve(words[0], argv, envp)
        os._exit(127)
    os.close(write_end)
    with io.open(read_end, "r") as pipe:
        answer = pipe.read()
    os.wait()
    return ",".join(pair for pair in answer.split(",") if not pair.startswith(":"))


def convert(fields):
    encoding = fields["encoding"]
    if "data" in fields:
        data = expand(fields["data"])
        return shown(data.decode(encoding, "replace"))
    encoded = as_text(expand(fields["letter"])).encode(encoding)
    return shown(encoded) + shown(encoded.decode(encoding))


def text_encodings():
    names = []
    for module in pkgutil.iter_modules(encodings.__path__):
        try:
            if codecs.lookup(module.name)._is_text_encoding:
                names.append(module.name)
        except LookupError:
            pass
    return ",".join(names)


KINDS = {function.__name__: function for function in (read, write, communicate, start, convert)}


def answer(line):
    kind, *words = line.split(" ")
    if kind == "encodings":
        return text_encodings()
    fields = dict(word.split("=", 1) for word in words)
    try:
        return KINDS[kind](fields)
    except UnboundLocalError:
        return "unknown"  # In communicate, for input of which `ignore` leaves nothing.
    except (ImportError, NameError, KeyError, AttributeError):
        raise  # A mistake of this script.
    except TypeError as error:
        if "error callback" not in str(error):
            raise
        return "UnicodeDecodeError"  # For xmlcharrefreplace, which can only encode.
    except Exception as error:  # Every kind of error is an answer.
        return error_text(error, fields)


CHILD = sys.argv[1]
warnings.simplefilter("ignore")
for case in sys.stdin:
    print(answer(case.rstrip("\n")))

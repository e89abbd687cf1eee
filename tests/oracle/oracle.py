"""Runs a table of cases through Python's subprocess and os modules.

Usage: oracle.py CASES.json. The table is written by oracle_test.cpp, which runs the same cases
through progeny. One line per case comes out: its name, a tab, and how it ended.
"""

import json
import os
import subprocess
import sys

SPECIAL = {"PIPE": subprocess.PIPE, "STDOUT": subprocess.STDOUT, "DEVNULL": subprocess.DEVNULL}


def as_bytes(text):
    """The table holds every byte as one character."""
    return text.encode("latin-1")


def as_flag(text):
    return text == "1"


def as_redirect(text):
    return SPECIAL[text] if text in SPECIAL else int(text)


def as_environment(text):
    pairs = [pair for pair in as_bytes(text).split(b"\x1f") if pair]
    return dict(pair.split(b"\x1e") for pair in pairs)


def as_account(text):
    return int(text) if text.lstrip("-").isdigit() else text


# Option in the table: (keyword of Python, how to read its value).
KEYWORDS = {
    "bufsize": ("bufsize", int),
    "capture_output": ("capture_output", as_flag),
    "check": ("check", as_flag),
    "close_fds": ("close_fds", as_flag),
    "creationflags": ("creationflags", int),
    "cwd": ("cwd", as_bytes),
    "encoding": ("encoding", str),
    "env": ("env", as_environment),
    "errors": ("errors", str),
    "executable": ("executable", as_bytes),
    "group": ("group", as_account),
    "input": ("input", as_bytes),
    "pass_fds": ("pass_fds", lambda text: [int(text)]),
    "process_group": ("process_group", int),
    "shell": ("shell", as_flag),
    "start_new_session": ("start_new_session", as_flag),
    "std_err": ("stderr", as_redirect),
    "std_in": ("stdin", as_redirect),
    "std_out": ("stdout", as_redirect),
    "text": ("text", as_flag),
    "timeout": ("timeout", float),
    "umask": ("umask", int),
    "user": ("user", as_account),
}


def keywords_of(case):
    result = {}
    for name, value in case["options"].items():
        keyword, read = KEYWORDS[name]
        result[keyword] = read(value)
    is_text = any(result.get(name) for name in ("text", "encoding", "errors"))
    if is_text and "input" in result:
        result["input"] = result["input"].decode("utf-8", "surrogateescape")
    return result


def as_hex(data):
    if data is None:
        return "-"
    if isinstance(data, str):
        data = data.encode("utf-8", "surrogateescape")
    return "'" + data.hex() + "'"


def ended(returncode, output=None, error=None):
    return f"returncode {returncode} stdout {as_hex(output)} stderr {as_hex(error)}"


def run(args, keywords):
    done = subprocess.run(args, **keywords)
    return ended(done.returncode, done.stdout, done.stderr)


def call(args, keywords):
    return ended(subprocess.call(args, **keywords))


def check_call(args, keywords):
    return ended(subprocess.check_call(args, **keywords))


def check_output(args, keywords):
    return ended(0, subprocess.check_output(args, **keywords))


def communicate(args, keywords):
    data = keywords.pop("input", None)
    with subprocess.Popen(args, **keywords) as child:
        output, error = child.communicate(data)
        return ended(child.returncode, output, error)


def readlines(args, keywords):
    with subprocess.Popen(args, **keywords) as child:
        lines = child.stdout.readlines()
        joined = (b"|" if isinstance(lines[0], bytes) else "|").join(lines)
        return ended(child.wait(), joined)


def getstatusoutput(args, _):
    return ended(*subprocess.getstatusoutput(args))


def getoutput(args, _):
    return ended(0, subprocess.getoutput(args))


def system(args, _):
    return ended(os.system(args))


def popen(args, _):
    stream = os.popen(args.decode())
    output = stream.read()
    return ended(stream.close() or 0, output)


FUNCTIONS = {
    function.__name__: function
    for function in (
        run, call, check_call, check_output, communicate, readlines, getstatusoutput, getoutput,
        system, popen,
    )
}


def name_of_error(error):
    """The classes that progeny has too, most special first."""
    for kind in (UnicodeDecodeError, UnicodeEncodeError, LookupError, ValueError):
        if isinstance(error, kind):
            return kind.__name__
    return type(error).__name__


def answer(case):
    args = [as_bytes(item) for item in case["args"]]
    if case["is_string"]:
        args = args[0]
    try:
        return FUNCTIONS[case["function"]](args, keywords_of(case))
    except subprocess.CalledProcessError as error:
        return "CalledProcessError " + ended(error.returncode, error.stdout, error.stderr)
    except subprocess.TimeoutExpired as error:
        # CPython up to 3.14 tells what was left of the time, not what the caller had given.
        return f"TimeoutExpired {round(error.timeout, 2):g} " + ended("-", error.stdout, error.stderr)
    except OSError as error:
        return f"OSError {error.errno} filename {as_hex(error.filename)}"
    except Exception as error:  # Every kind of error is an answer.
        return name_of_error(error)


def main():
    with open(sys.argv[1], encoding="utf-8") as table:
        cases = json.load(table)
    for case in cases:
        print(case["name"], answer(case), sep="\t")


main()

"""The small changes that a line of C++ may get: a list of texts for each line."""

import re

# What is replaced by what. clang-format puts blanks around operators, but not around the brackets
# of templates.
SWAPS = [
    (r" == ", " != "),
    (r" != ", " == "),
    (r" < ", " <= "),
    (r" <= ", " < "),
    (r" > ", " >= "),
    (r" >= ", " > "),
    (r" && ", " || "),
    (r" \|\| ", " && "),
    (r" \+ ", " - "),
    (r" - ", " + "),
    (r"\+\+(?=\w)", "--"),
    (r"--(?=\w)", "++"),
    (r"!(?=[\w(:])", ""),
    (r"\btrue\b", "false"),
    (r"\bfalse\b", "true"),
    (r" \| [A-Z]\w+", ""),
]
CONDITION = re.compile(r"^(\s*(?:\} else )?(?:if|while) \()(.*)(\) \{)$")
NUMBER = re.compile(r"(?<![\w.'])(\d+)(?![\w.'])")
# A call, a jump or an assignment on a line of its own. What begins with a type is a declaration.
STATEMENT = re.compile(
    r"^(\s+)(?:(?:static_cast<void>\()?[\w:.\->*]+\(.*\)"
    r"|[\w.\->*()\[\]]+ (?:[+\-|&]?=) .*"
    r"|(?:\+\+|--)\w+|return|break|continue);$")
NO_CODE = re.compile(r"^\s*(?://|#|static_assert|using |namespace |template|extern |$)")
TEXT_OR_COMMENT = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|//.*')


def hidden(line):
    """The line without what its texts and comments say, at the same length."""
    return TEXT_OR_COMMENT.sub(lambda found: "_" * len(found.group()), line)


def changes_of(line):
    """All that the line can be changed to, in a fixed order."""
    if NO_CODE.match(line):
        return []
    code = hidden(line)
    changed = []
    for pattern, other in SWAPS:
        for found in re.finditer(pattern, code):
            changed.append(line[:found.start()] + other + line[found.end():])
    for found in NUMBER.finditer(code):
        more = str(int(found.group()) + 1)
        changed.append(line[:found.start()] + more + line[found.end():])
    condition = CONDITION.match(code)
    if condition:
        begin, end = condition.span(2)
        changed.append(f"{line[:begin]}!({line[begin:end]}){line[end:]}")
    statement = STATEMENT.match(code)
    if statement:
        changed.append(statement.group(1) + ";")
    return changed


def mutations_of(text):
    """The changes of a file by line number, for lines that have any."""
    return {
        number: changed
        for number, line in enumerate(text.splitlines(), 1)
        if (changed := changes_of(line))
    }

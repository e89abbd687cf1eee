# Prints every include that the table of floors does not allow. Run by rules.sh:
#   awk -f floors.awk floors.txt -    with lines "FILE:LINE:#include ..." on standard input

# The path of a file, without where it is kept and without its suffixes.
function name_of(path) {
  sub(/^(src|include\/progeny)\//, "", path)
  sub(/\.[a-z.]+$/, "", path)
  return path
}

function fits(path, name) {
  return path == name || index(path, name "/") == 1
}

# The row of the longest name that fits; 0 if none does.
function row_of(path,    name, longest) {
  longest = ""
  for (name in row) {
    if (fits(path, name) && length(name) > length(longest)) {
      longest = name
    }
  }
  return longest == "" ? 0 : row[longest]
}

function allow(upper, lower,    other) {
  allowed[upper, lower] = 1
  for (other = 1; other < lower; ++other) {
    if ((lower, other) in allowed) {
      allowed[upper, other] = 1
    }
  }
}

function add_row(text,    halves, names, count, i, name, known) {
  if (text == "") {
    return
  }
  if (split(text, halves, ":") != 2) {
    complain("floors.txt: no colon in: " text)
  }
  ++rows
  count = split(halves[2], names, " ")
  for (i = 1; i <= count; ++i) {
    known = 0
    for (name in row) {
      if (fits(name, names[i])) {
        known = 1
        allow(rows, row[name])
      }
    }
    if (!known) {
      complain("floors.txt: " names[i] " is no earlier row")
    }
  }
  count = split(halves[1], names, " ")
  title[rows] = names[1]
  for (i = 1; i <= count; ++i) {
    row[names[i]] = rows
  }
}

function complain(text) {
  print text
  broken = 1
}

FILENAME != "-" {
  sub(/#.*/, "")
  if ($0 !~ /^ /) {
    add_row(pending)
    pending = ""
  }
  pending = pending $0
  next
}

pending != "" {
  add_row(pending)
  pending = ""
}

match($0, /#include ("[^"]*"|<progeny\/[^>]*>)/) {
  target = substr($0, RSTART + 10, RLENGTH - 11)
  sub(/^progeny\//, "", target)
  file = $0
  sub(/:.*/, "", file)
  upper = row_of(name_of(file))
  lower = row_of(name_of(target))
  if (upper == 0 || lower == 0) {
    complain($0 "   <- floors.txt has no row for " (upper == 0 ? file : target))
  } else if (upper != lower && !((upper, lower) in allowed)) {
    complain($0 "   <- " title[upper] " may not include " title[lower])
  }
}

END {
  exit broken
}

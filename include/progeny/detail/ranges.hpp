#pragma once

// The concepts and accessors of std::ranges without the views, which are most of what <ranges>
// costs to compile. The constructors of std::span are constrained by them, so each implementation
// of <span> has them.

#include <iterator>  // IWYU pragma: export
#include <span>      // IWYU pragma: export

// SPDX-License-Identifier: GPL-3.0-or-later
// Counts the allocations of a stretch of code. Linking this replaces operator new for the whole test program.
#pragma once

#include <cstddef>

namespace dorascope::test {

/// Calls of operator new so far, in this thread.
std::size_t allocations();

/// Calls of operator new while `body` runs.
template <class Body> std::size_t allocations_of(Body&& body)
{
    const auto before = allocations();
    body();
    return allocations() - before;
}

} // namespace dorascope::test

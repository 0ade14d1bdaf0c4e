// SPDX-License-Identifier: GPL-3.0-or-later
// Conditions of other servers in terms of ours: a class has tests that all have to hold, and a test has values of which one is enough.
#pragma once

#include "engine/server/config.h"

#include <vector>

namespace dorascope::interchange {

using ClassTests = std::vector<server::ClassTest>;

/// Its subject can have so many octets; validate() takes no other.
bool can_be_there(const server::ClassTest& test);
/// "A or B", in `tests`: where both compare the same thing in the same way, it is one test. False: there is no such test.
bool add_alternative(ClassTests& tests, ClassTests others);
/// Nobody passes both; in doubt false.
bool exclude_each_other(const ClassTests& a, const ClassTests& b);
/// Roughly how many octets they take.
std::size_t size_of(const ClassTests& tests);

} // namespace dorascope::interchange

// SPDX-License-Identifier: GPL-3.0-or-later
// Configurations that validate() takes, drawn at random: what is written and read must be the same again, whatever it is.
#pragma once

#include "engine/server/config.h"

#include <random>

namespace dorascope::test {

server::Config random_config(std::uint32_t seed);

} // namespace dorascope::test

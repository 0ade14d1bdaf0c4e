// SPDX-License-Identifier: GPL-3.0-or-later
// Every option that a configuration file knows by name: what `config options` prints.
#pragma once

#include <string>

namespace dorascope::cli {

/// A line an option, by code: code, key, type, RFC. Then a line a type: how its values are written.
std::string option_list();

} // namespace dorascope::cli

// SPDX-License-Identifier: GPL-3.0-or-later
// What could not be read of a file looks wrong in other ways too. Only those other ways are kept from the reader: every fault that does
// not follow from another is said at once.
#pragma once

#include "engine/host/config_file.h"

#include <span>

namespace dorascope::host {

/// Does what validate() says follow from what could not be read? It does where both concern the same part of the same table: a subnet's
/// addresses, its times; where the prefix of the subnet, or what the error names besides, could not be read; and where a class is missed
/// whose name could not be.
bool follows_from(std::span<const FileError> unreadable, const server::ConfigError& error);

} // namespace dorascope::host

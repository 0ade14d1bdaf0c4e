// SPDX-License-Identifier: GPL-3.0-or-later
// What could not be read of a file looks wrong in other ways too. Only those other ways are kept from the reader: every fault that does
// not follow from another is said at once.
#pragma once

#include "engine/host/config_file.h"

#include <span>
#include <vector>

namespace dorascope::host {

class Unreadable {
public:
    explicit Unreadable(std::span<const FileError> errors);
    Unreadable(Unreadable&&) noexcept;
    Unreadable& operator=(Unreadable&&) noexcept;
    ~Unreadable();

    /// Does what validate() says follow from what could not be read? It does where both concern the same part of the same table: a
    /// subnet's addresses, its times; where the prefix of the subnet, or what the error names besides, could not be read; and where a
    /// class is missed whose name could not be.
    bool explains(const server::ConfigError& error) const;

private:
    struct Subject;
    std::vector<Subject> subjects_;
};

} // namespace dorascope::host

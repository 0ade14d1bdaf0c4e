// SPDX-License-Identifier: GPL-3.0-or-later
// What could not be read of a file looks wrong in other ways too. Only those other ways are kept from the reader: every fault that does
// not follow from another is said at once.
#pragma once

#include "engine/server/config.h"

#include <span>
#include <string>
#include <vector>

namespace dorascope::host {

class Unreadable {
public:
    /// The dotted paths of what could not be read, is missing or misspelt: "subnet[0].router[1]".
    explicit Unreadable(std::span<const std::string> paths);
    Unreadable(Unreadable&&) noexcept;
    Unreadable& operator=(Unreadable&&) noexcept;
    ~Unreadable();

    /// Does what validate() says follow from what could not be read? It does where both are the same thing or the one is part of the
    /// other; where that key is judged by this one; where the error names a reservation whose client or address could not be read; and
    /// where a class is missed whose name could not be.
    bool explains(const server::ConfigError& error) const;

private:
    struct Subject;
    std::vector<Subject> subjects_;
};

} // namespace dorascope::host

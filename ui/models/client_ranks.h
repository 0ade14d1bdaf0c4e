// SPDX-License-Identifier: GPL-3.0-or-later
// The names of a scope's clients as sort keys, for a table that stands in their order.
#pragma once

#include "ui/models/name_ranks.h"
#include "ui/models/scope.h"

namespace dorascope::models {

class ClientRanks {
public:
    explicit ClientRanks(const Scope& scope) : scope_{scope} { }

    void build(); ///< of all clients there are
    void clear() { names_.clear(); }
    std::uint64_t rank(observe::ClientId id) const; ///< of one that came later too; no client goes last
    /// A client has another name now, or so many came that it is time to build anew.
    bool isOutdated(const observe::Changes& changes) const;

private:
    const Scope& scope_;
    NameRanks names_;
};

} // namespace dorascope::models

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/client_ranks.h"

#include "ui/models/sort_keys.h"

#include <algorithm>

namespace dorascope::models {

void ClientRanks::build()
{
    std::vector<QString> names(scope_.state().clients().size());
    for (observe::ClientId id = 0; id < names.size(); ++id)
        names[id] = scope_.clientName(id);
    names_.build(std::move(names));
}

std::uint64_t ClientRanks::rank(observe::ClientId id) const
{
    if (id >= scope_.state().clients().size()) return kLastKey;
    return id < names_.size() ? names_.rank(id) : names_.rank(scope_.clientName(id));
}

bool ClientRanks::isOutdated(const observe::Changes& changes) const
{
    const auto renamed = [this](observe::ClientId id) { return names_.isRenamed(id, scope_.clientName(id)); };
    return names_.isOutgrown(scope_.state().clients().size()) || std::ranges::any_of(changes.clients, renamed);
}

} // namespace dorascope::models

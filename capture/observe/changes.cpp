// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/observe/lan_state.h"

#include <algorithm>

namespace dorascope::observe {

namespace {

/// Both parts hold each element once; so does the whole, in order.
template <class Id> void unite(std::vector<Id>& into, const std::vector<Id>& later)
{
    if (later.empty()) return;
    into.insert(into.end(), later.begin(), later.end());
    std::sort(into.begin(), into.end());
    into.erase(std::unique(into.begin(), into.end()), into.end());
}

} // namespace

bool Changes::empty() const
{
    return messages.empty() && exchanges.empty() && bindings.empty() && servers.empty() && clients.empty();
}

void Changes::clear()
{
    messages.clear();
    exchanges.clear();
    bindings.clear();
    servers.clear();
    clients.clear();
}

void Changes::merge(const Changes& later)
{
    unite(messages, later.messages);
    unite(exchanges, later.exchanges);
    unite(bindings, later.bindings);
    unite(servers, later.servers);
    unite(clients, later.clients);
}

} // namespace dorascope::observe

// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/observe/lan_state.h"

namespace dorascope::observe {

bool Changes::empty() const
{
    return messages.empty() && exchanges.empty() && bindings.empty() && servers.empty() && clients.empty() && !pool;
}

void Changes::clear()
{
    messages.clear();
    exchanges.clear();
    bindings.clear();
    servers.clear();
    clients.clear();
    pool = false;
}

} // namespace dorascope::observe

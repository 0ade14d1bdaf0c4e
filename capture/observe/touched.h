// SPDX-License-Identifier: GPL-3.0-or-later
// How a list of changes names each thing once without searching: every thing remembers where it last stood in such a list. The memory
// may be of another list or of a cleared one; then the element there is not this thing, and it is added.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace dorascope::observe {

class Touched {
public:
    template <class Id> void note(std::vector<Id>& list, Id id)
    {
        if (place_ < list.size() && list[place_] == id) return;
        place_ = static_cast<std::uint32_t>(list.size());
        list.push_back(id);
    }

private:
    std::uint32_t place_ = 0;
};

} // namespace dorascope::observe

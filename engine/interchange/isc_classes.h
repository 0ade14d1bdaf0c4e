// SPDX-License-Identifier: GPL-3.0-or-later
// What makes a client a member of a class of a dhcpd.conf.
#pragma once

#include "engine/interchange/isc_condition.h"
#include "engine/interchange/isc_scope.h"

#include <map>

namespace dorascope::interchange {

class IscClasses {
public:
    explicit IscClasses(IscOutcome& outcome) : outcome_{outcome} { }

    /// "match if CONDITION", or "match TERM" for subclasses.
    void take_match(const IscStatement& s, IscScope& scope);
    /// Kept for place_subclasses(): plain statements are read before blocks, and the class is one.
    void take_subclass(const IscStatement& s, IscScope& scope);
    void place_subclasses();

private:
    void place(const IscStatement& s);

    IscOutcome& outcome_;
    std::vector<IscStatement> subclasses_;
    std::map<std::string, Compared, std::less<>> subclassed_; ///< what the subclasses of a class give the data for
};

} // namespace dorascope::interchange

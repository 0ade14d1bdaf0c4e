// SPDX-License-Identifier: GPL-3.0-or-later
// What a serving host has to say beside its decisions: a sentence, and what it is about, so that whoever shows it can tell when it is over.
#pragma once

#include <cstdint>
#include <string>

namespace dorascope::host {

/// Each may trouble the host by itself; a notice about one takes the place of the last about the same.
enum class NoticeSubject : std::uint8_t {
    clock, ///< set back, or moved since the last run; never over: it is of the past
    link, ///< the interface is down or has no carrier
    address, ///< the interface has no IPv4 address
    disk, ///< the lease file cannot be written: nobody is answered
    upkeep, ///< the lease file cannot be tidied; never over: it is tried again in silence
    sending, ///< replies did not leave
    route, ///< replies leave, but not for where they are to go; never over: it is said once for each destination
};

struct HostNotice {
    NoticeSubject about{};
    bool over = false; ///< the trouble that was told of last is no more
    std::string text;
};

} // namespace dorascope::host

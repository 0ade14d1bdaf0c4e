// SPDX-License-Identifier: GPL-3.0-or-later
// Starting dorascope-netd and talking to it: the mechanics under privileged.h.
#pragma once

#include "engine/host/netd_protocol.h"
#include "engine/host/privileged.h"

#include <array>

namespace dorascope::host {

struct NetdAnswer {
    NetdReply reply;
    std::array<Descriptor, kNetdMostDescriptors> descriptors; ///< as many as the verb has are set when reply.status is ok
};

/// Starts `netd`, puts one request and waits for the reply, at most a little longer than netd allows itself. netd becomes a child of
/// init: nobody here has to reap it. An error only where no reply came at all.
tl::expected<NetdAnswer, HostError> ask_netd(const std::filesystem::path& netd, const NetdRequest& request);

/// The sentence for a reply that is not ok: cause and remedy, with the exact command where there is one.
HostError explain_refusal(const NetdReply& reply, const std::filesystem::path& netd, const std::string& interface);

} // namespace dorascope::host

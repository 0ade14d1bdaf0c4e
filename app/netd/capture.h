// SPDX-License-Identifier: GPL-3.0-or-later
// A capture of DHCP and ARP on one interface, streamed as pcap (nanoseconds) down a pipe by a process that has no privilege left.
#pragma once

#include "app/netd/request.h"

#include <memory>
#include <pcap/pcap.h>

namespace dorascope::netd {

struct ClosePcap {
    void operator()(pcap_t* handle) const { pcap_close(handle); }
};
using Pcap = std::unique_ptr<pcap_t, ClosePcap>;

/// Opened and filtered; null and `refusal` filled when that failed. `refusal.detail` then lies in static storage.
Pcap open_capture(const Request& request, Refusal& refusal);
/// Until the reader of `stream` is gone or the interface is. `status` takes text lines, see engine/host/privileged.h.
void stream_capture(pcap_t* handle, const Request& request, int stream, int status);

} // namespace dorascope::netd

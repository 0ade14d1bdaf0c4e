// SPDX-License-Identifier: GPL-3.0-or-later
// The one request, checked octet by octet, and the one reply.
#pragma once

#include "engine/host/netd_protocol.h"

#include <array>
#include <span>

namespace dorascope::netd {

struct Request {
    host::NetdVerb verb{};
    bool promiscuous = false;
    std::array<char, host::kNetdInterfaceSize> interface { }; ///< a name the kernel could have given, NUL-terminated
    unsigned index = 0; ///< of the interface, which exists
};

/// Why a request is not carried out.
struct Refusal {
    host::NetdStatus status = host::NetdStatus::system;
    int error = 0;
    const char* detail = "";
};

/// Is this descriptor a connected SOCK_SEQPACKET of the UNIX family?
bool is_request_socket(int fd);
/// Reads and checks; fills `refusal` when there is nothing to carry out. False with status ok: the caller went away.
bool receive_request(int socket, Request& request, Refusal& refusal);
/// As many descriptors go with it as the verb has (engine/host/netd_protocol.h).
bool reply_ok(int socket, std::span<const int> descriptors, std::uint16_t echo_identifier = 0);
void reply_refusal(int socket, const Refusal& refusal);

} // namespace dorascope::netd

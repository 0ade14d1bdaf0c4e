// SPDX-License-Identifier: GPL-3.0-or-later
// What the host and dorascope-netd say to each other: one request, one reply, over a SOCK_SEQPACKET pair. Std only, so that the
// privileged program can include it without linking anything of ours. Same machine, same build: native byte order.
#pragma once

#include <cstddef>
#include <cstdint>

namespace dorascope::host {

inline constexpr std::uint32_t kNetdMagic = 0x44534e33; ///< "DSN3"; the digit changes with the layout
inline constexpr int kNetdSocket = 3; ///< the descriptor netd expects its socket on
inline constexpr char kNetdStdinArgument[] = "--stdin"; ///< … or descriptor 0: sudo and pkexec close everything from 3 on
inline constexpr unsigned kNetdSetupSeconds = 10; ///< netd ends by itself when it has not answered by then
inline constexpr std::size_t kNetdInterfaceSize = 16; ///< IFNAMSIZ

enum class NetdVerb : std::uint32_t {
    serve = 1, ///< reply carries four descriptors: packet socket, two UDP sockets, IP socket for echo requests. netd ends.
    capture =
        2, ///< reply carries two descriptors: pcap stream, status lines. netd streams until the reader of the first is gone.
};

/// How many descriptors an "ok" carries.
inline constexpr std::size_t kNetdMostDescriptors = 4;
constexpr std::size_t netd_descriptors(NetdVerb verb) { return verb == NetdVerb::serve ? 4 : 2; }

/// Also receive what the interface would not take for itself: needed on a mirror port, never for serving (DHCP is broadcast or to us).
inline constexpr std::uint32_t kNetdPromiscuous = 1;

struct NetdRequest {
    std::uint32_t magic = kNetdMagic;
    std::uint32_t verb = 0;
    std::uint32_t flags = 0;
    char interface[kNetdInterfaceSize] = {}; ///< NUL-terminated, the rest zero
};

enum class NetdStatus : std::uint32_t {
    ok = 0,
    bad_request,
    no_such_interface,
    interface_down,
    no_privilege, ///< the capability for it is missing
    port_taken, ///< UDP 67 belongs to another process
    unsupported_link, ///< not Ethernet (serve), or a link type the decoder does not read (capture)
    system, ///< `error` and `detail` say what
    not_started, ///< said by the host's own child when exec failed
};

struct NetdReply {
    std::uint32_t magic = kNetdMagic;
    std::uint32_t status = 0;
    std::int32_t error = 0; ///< errno, 0 where there is none
    std::int32_t pid = 0; ///< of netd
    std::uint32_t echo_identifier = 0; ///< serve: the packet socket shows ICMP echo replies with this identifier, 16 bits
    char detail[200] = {}; ///< what failed: a call's name or libpcap's words; NUL-terminated
};

} // namespace dorascope::host

// SPDX-License-Identifier: GPL-3.0-or-later
// What an ordinary user cannot open: asked of dorascope-netd, the only privileged program.
#pragma once

#include "engine/host/host_error.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace dorascope::host {

/// A file descriptor that closes itself.
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int fd) : fd_{fd} { }
    Descriptor(Descriptor&& o) noexcept : fd_{std::exchange(o.fd_, -1)} { }
    Descriptor& operator=(Descriptor&& o) noexcept;
    ~Descriptor();
    int get() const { return fd_; }
    int release() { return std::exchange(fd_, -1); }
    explicit operator bool() const { return fd_ >= 0; }

private:
    int fd_ = -1;
};

/// For serving: a packet socket on the interface (SOCK_RAW, non-blocking, PACKET_AUXDATA on, with a locked filter for DHCP to ports 67
/// and 68, ARP, and ICMP echo replies that have our identifier); UDP port 67, twice, and an IP socket beside it, all of which only send.
struct ServeSockets {
    Descriptor packet;
    Descriptor udp;
    Descriptor udp_to_relay; ///< the same port; to be connected to whom most replies go to, while `udp` keeps it for all others
    Descriptor echo; ///< takes whole IPv4 packets (IPPROTO_RAW) for the interface, routed as any other
    std::uint16_t echo_identifier = 0; ///< of the echo requests whose replies `packet` shows; chosen by chance
};
/// Capturing: a pipe that carries a pcap stream of DHCP and ARP. Drops of the kernel arrive on `status` (see netd protocol).
struct CaptureStream {
    Descriptor pcap;
    Descriptor
        status; ///< text lines: "drops N\n", the kernel's drops since the start, at most one a second and only when there are more; "error TEXT\n" when the
    ///< capture ends by itself
    int pid = -1; ///< of the helper; ends when `pcap` is closed
};

/// Where dorascope-netd is: $DORASCOPE_NETD, beside this program, or the installed libexec directory.
tl::expected<std::filesystem::path, HostError> find_netd();
tl::expected<ServeSockets, HostError> request_serve(const std::string& interface);
/// Promiscuous only where it is asked for: DHCP is broadcast or to the machine itself, and a whole LAN's traffic would pass through the
/// filter for nothing. On a mirror port it is needed: there unicasts between others are what one came to see.
tl::expected<CaptureStream, HostError> request_capture(const std::string& interface, bool promiscuous = false);

} // namespace dorascope::host

// SPDX-License-Identifier: GPL-3.0-or-later
// "Is this address in use?" on the wire: an ARP Probe on the link (RFC 5227 §2.1.1), an ICMP echo request through relays (RFC 2131 §2.2).
// The server keeps the time and judges; here questions are sent, and answers are told from everything else.
#pragma once

#include "engine/host/privileged.h"
#include "engine/server/dhcp_server.h"
#include "engine/wire/framing.h"

#include <deque>
#include <optional>
#include <random>
#include <span>
#include <unordered_map>

namespace dorascope::host {

class Prober {
public:
    /// How long an answer is looked for after the last question: a little more than a server waits (ProbeSettings::timeout).
    static constexpr Duration kAnswerTime = std::chrono::seconds{11};
    /// Addresses asked about at one time; of more, the first are given up: they count as free.
    static constexpr std::size_t kMostAsked = 65536;

    /// The sockets are borrowed; `mac` is the interface's.
    Prober(const ServeSockets& sockets, std::uint32_t interface, MacAddress mac);

    struct Result {
        std::uint64_t sent = 0, failed = 0;
        int error = 0; ///< errno of the last failure
    };
    /// Never waits: what the interface does not take now is lost, as on the wire.
    Result ask(Instant now, std::span<const server::ProbeRequest> probes);

    struct Answer {
        Ipv4Address address;
        MacAddress by; ///< zero for an echo reply, which a router passed on
        bool forged = false; ///< the frame came from another link address than the one it speaks for
    };
    /// What a packet (ARP or IPv4, from its first octet) of the packet socket says about an address asked about, in a frame with this
    /// header. The client that the address is meant for may be the one that answers: the server knows, see DhcpServer::probe_answered().
    std::optional<Answer> read(Instant now, const wire::EthernetView& frame, std::span<const std::byte> packet);

    std::size_t asked() const { return asked_.size(); }

private:
    using Method = server::ProbeRequest::Method;
    struct Asked {
        Method method{};
        Ipv4Address source;
        std::uint16_t sequence = 0;
        Instant until{};
    };
    void forget(Instant now);
    void remember(Instant now, const server::ProbeRequest& probe);
    bool send_arp(const server::ProbeRequest& probe);
    bool send_echo(const server::ProbeRequest& probe);
    const Asked* find(Ipv4Address address, Method method) const;
    std::optional<Answer> read_arp(const MacAddress& from, std::span<const std::byte> packet) const;
    std::optional<Answer> read_echo(std::span<const std::byte> packet) const;

    int packet_, echo_;
    std::uint16_t echo_identifier_;
    std::uint32_t interface_;
    MacAddress mac_;
    std::minstd_rand sequence_; ///< a host that was asked once cannot tell the number of the next question by counting
    std::unordered_map<Ipv4Address, Asked> asked_;
    std::deque<std::pair<Instant, Ipv4Address>> order_; ///< when to look whether `asked_` still needs the address
    wire::Buffer frame_;
};

} // namespace dorascope::host

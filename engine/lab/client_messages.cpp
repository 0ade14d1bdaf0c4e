// SPDX-License-Identifier: GPL-3.0-or-later
// The messages of a client: RFC 2131 table 5, and the retransmission delays of §4.1.
#include "engine/lab/client.h"

#include <algorithm>

namespace dorascope::lab {

namespace {

using namespace std::chrono_literals;

// What a client on Ethernet can take: an IP datagram of the link's MTU (RFC 2132 §9.10).
constexpr std::uint16_t kMaxMessageSize = 1500;

std::span<const std::byte> bytes_of(const std::vector<std::uint8_t>& v) { return std::as_bytes(std::span{v}); }

} // namespace

/// §4.1: 4 s, doubled each time up to 64 s, each randomised by ±1 s.
Duration Client::backoff()
{
    const unsigned doublings = std::min(attempts_ == 0 ? 0U : attempts_ - 1, 4U);
    return random_.around(4s * (1U << doublings), 1s);
}

std::uint16_t Client::elapsed_seconds(Instant now) const
{
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - began_).count();
    return static_cast<std::uint16_t>(std::clamp<std::int64_t>(seconds, 0, 0xffff));
}

void Client::fill_header(MessageType type, std::uint16_t secs)
{
    outgoing_.clear();
    outgoing_.set_hardware(HardwareAddress::of(identity_.mac));
    outgoing_.xid = xid_;
    outgoing_.secs = secs;
    outgoing_.options.set_u8(wire::option::message_type, static_cast<std::uint8_t>(type));
    if (!identity_.client_id.empty()) outgoing_.options.set(wire::option::client_identifier, bytes_of(identity_.client_id));
}

/// What DHCPDISCOVER and DHCPREQUEST may carry and DHCPRELEASE must not (table 5).
void Client::fill_parameters()
{
    wire::Options& options = outgoing_.options;
    options.set_u16(wire::option::max_message_size, kMaxMessageSize);
    if (!identity_.vendor_class.empty()) options.set_text(wire::option::vendor_class_identifier, identity_.vendor_class);
    if (!identity_.hostname.empty()) options.set_text(wire::option::host_name, identity_.hostname);
    if (!identity_.parameters.empty()) options.set(wire::option::parameter_request_list, bytes_of(identity_.parameters));
}

Client::Sent Client::send_discover(Instant now)
{
    // §4.4.1: the DHCPREQUEST that follows carries the secs of this DHCPDISCOVER.
    discover_secs_ = elapsed_seconds(now);
    fill_header(MessageType::discover, discover_secs_);
    if (identity_.broadcast_flag) outgoing_.flags = wire::kBroadcastFlag;
    if (!wanted_.is_unspecified()) outgoing_.options.set_address(wire::option::requested_address, wanted_);
    fill_parameters();
    ++attempts_;
    deadline_ = now + backoff();
    return emit(kBroadcastAddress);
}

/// The four DHCPREQUESTs of §4.3.2. RENEWING alone goes to one server; its deadline and REBINDING's are the caller's (§4.4.5).
Client::Sent Client::send_request(Instant now)
{
    const Ipv4Address own = address();
    fill_header(MessageType::request, state_ == ClientState::requesting ? discover_secs_ : elapsed_seconds(now));
    if (own.is_unspecified()) {
        if (identity_.broadcast_flag) outgoing_.flags = wire::kBroadcastFlag;
        outgoing_.options.set_address(wire::option::requested_address, wanted_);
        if (state_ == ClientState::requesting) outgoing_.options.set_address(wire::option::server_identifier, server_);
    } else {
        outgoing_.ciaddr = own;
    }
    fill_parameters();
    ++attempts_;
    // After the last retransmission the usual doubling would mean another minute of silence: the total of §3.1 (5) is 60 s.
    deadline_ = now + (attempts_ < kMaxRequests ? backoff() : Duration{4s});
    return emit(state_ == ClientState::renewing ? lease_->server : kBroadcastAddress);
}

/// §4.4.6 and table 5: unicast, xid chosen anew, secs and flags 0, ciaddr and server identifier set.
Client::Sent Client::send_release()
{
    xid_ = random_.next32();
    fill_header(MessageType::release, 0);
    outgoing_.ciaddr = lease_->address;
    outgoing_.options.set_address(wire::option::server_identifier, lease_->server);
    return emit(lease_->server);
}

/// §4.4.4 and table 5: broadcast, the address in option 50 and not in ciaddr, secs and flags 0. Same xid: it ends the same exchange.
Client::Sent Client::send_decline()
{
    fill_header(MessageType::decline, 0);
    outgoing_.options.set_address(wire::option::requested_address, lease_->address);
    outgoing_.options.set_address(wire::option::server_identifier, lease_->server);
    return emit(kBroadcastAddress);
}

Client::Sent Client::emit(Ipv4Address destination)
{
    wire::emit(outgoing_, wire::EmitRules{}, buffer_);
    return ClientTransmit{ClientTransmit::Kind::dhcp, address(), destination, buffer_};
}

} // namespace dorascope::lab

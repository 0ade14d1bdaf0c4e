// SPDX-License-Identifier: GPL-3.0-or-later
// The state machine: what each message and each deadline means in each state. How the messages look is client_messages.cpp.
#include "engine/lab/client.h"

#include <algorithm>
#include <utility>

namespace dorascope::lab {

namespace {

using namespace std::chrono_literals;

// §4.4.5: renewing and rebinding retransmit at half of the remaining time, "down to a minimum of 60 seconds".
constexpr Duration kMinRenewalPause = 60s;
// §3.1 (5) asks for ten seconds after a DHCPDECLINE "to avoid excessive network traffic in case of looping"; a server that answers
// every DHCPREQUEST with DHCPNAK makes the same loop, so from the second DHCPNAK in a row on the same pause is made.
constexpr Duration kLoopPause = 10s;

// RFC 5227 §1.1: PROBE_NUM, PROBE_MIN, PROBE_MAX, ANNOUNCE_WAIT.
constexpr unsigned kProbes = 3;
constexpr Duration kProbeMin = 1s, kProbeMax = 2s, kAnnounceWait = 2s;

constexpr std::size_t kXidOffset = 4, kShortestReply = wire::kHeaderSize + 4;

std::uint32_t big_endian32(std::span<const std::byte> bytes)
{
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i)
        value = (value << 8) | std::to_integer<std::uint32_t>(bytes[i]);
    return value;
}

Instant plus_share(Instant from, Instant until, double share)
{
    if (until == kNever) return kNever;
    return from + Duration{static_cast<Duration::rep>(static_cast<double>((until - from).count()) * share)};
}

void read_addresses(const wire::Options& options, std::uint8_t code, std::vector<Ipv4Address>& out)
{
    out.clear();
    const auto data = options.find(code);
    if (!data || data->size() % 4 != 0) return;
    for (std::size_t i = 0; i < data->size(); i += 4)
        out.push_back({big_endian32(data->subspan(i, 4))});
}

/// §4.4.5 wants T1 < T2 < expiry. Times that contradict each other are no better than none: then the defaults hold.
void read_times(const wire::Options& options, Instant asked, std::uint32_t seconds, ClientLease& lease)
{
    lease.expires = after_seconds(asked, seconds);
    lease.renewal = plus_share(asked, lease.expires, 0.5);
    lease.rebinding = plus_share(asked, lease.expires, 0.875);
    const auto t1 = options.u32(wire::option::renewal_time), t2 = options.u32(wire::option::rebinding_time);
    const Instant renewal = t1 ? after_seconds(asked, *t1) : lease.renewal;
    const Instant rebinding = t2 ? after_seconds(asked, *t2) : lease.rebinding;
    if (renewal <= asked || renewal >= rebinding || rebinding >= lease.expires) return;
    lease.renewal = renewal;
    lease.rebinding = rebinding;
}

} // namespace

/// Figure 5: which message moves which state. What has no row is discarded.
struct Client::Reaction {
    ClientState state;
    MessageType type;
    Sent (Client::*react)(Instant, const wire::Message&);
};

/// Figure 5: what each state does when its time has come.
struct Client::Timeout {
    ClientState state;
    Sent (Client::*act)(Instant);
};

Client::Client(ClientIdentity identity, std::uint64_t seed) : identity_(std::move(identity)), random_(seed) { }

Ipv4Address Client::address() const
{
    const bool uses = state_ == ClientState::bound || state_ == ClientState::renewing || state_ == ClientState::rebinding;
    return uses && lease_ ? lease_->address : kAnyAddress;
}

Client::Sent Client::start(Instant now)
{
    if (state_ != ClientState::off) return std::nullopt;
    naks_ = 0;
    if (lease_ && lease_->expires > now) {
        state_ = ClientState::init_reboot;
        return begin_reboot(now);
    }
    if (lease_) return lose_lease(now);
    return discover(now);
}

Client::Sent Client::receive(Instant now, const ClientInbound& inbound)
{
    static constexpr Reaction kReactions[] = {
        {ClientState::selecting, MessageType::offer, &Client::on_offer},
        {ClientState::requesting, MessageType::ack, &Client::on_ack},
        {ClientState::requesting, MessageType::nak, &Client::on_nak},
        {ClientState::rebooting, MessageType::ack, &Client::on_ack},
        {ClientState::rebooting, MessageType::nak, &Client::on_nak},
        {ClientState::renewing, MessageType::ack, &Client::on_ack},
        {ClientState::renewing, MessageType::nak, &Client::on_nak},
        {ClientState::rebinding, MessageType::ack, &Client::on_ack},
        {ClientState::rebinding, MessageType::nak, &Client::on_nak},
    };
    // Most of what a client hears is for others: the transaction ID tells before anything is parsed.
    if (inbound.payload.size() < kShortestReply || big_endian32(inbound.payload.subspan(kXidOffset, 4)) != xid_)
        return std::nullopt;
    if (checking_ || !hears(inbound) || !wire::parse_into(inbound.payload, incoming_) || !is_answer(incoming_))
        return std::nullopt;
    const MessageType type = incoming_.type();
    for (const Reaction& row : kReactions)
        if (row.state == state_ && row.type == type) return (this->*row.react)(now, incoming_);
    return std::nullopt;
}

Client::Sent Client::advance(Instant now)
{
    static constexpr Timeout kTimeouts[] = {
        {ClientState::init, &Client::discover},
        {ClientState::selecting, &Client::resend_discover},
        {ClientState::requesting, &Client::resend_request},
        {ClientState::rebooting, &Client::resend_request},
        {ClientState::bound, &Client::begin_renewing},
        {ClientState::renewing, &Client::resend_renewal},
        {ClientState::rebinding, &Client::resend_rebinding},
    };
    if (now < deadline_) return std::nullopt;
    for (const Timeout& row : kTimeouts)
        if (row.state == state_) return (this->*row.act)(now);
    return std::nullopt;
}

Client::Sent Client::release(Instant now)
{
    Sent sent;
    if (!address().is_unspecified() && now < lease_->expires) {
        sent = send_release();
        // §4.4.6 gives the address back; wishing for it again is allowed (§4.4.1, "requested IP address").
        wanted_ = lease_->address;
        lease_.reset();
    }
    power_off();
    return sent;
}

void Client::power_off()
{
    state_ = ClientState::off;
    deadline_ = kNever;
    checking_ = false;
}

// ---- INIT, SELECTING

Client::Sent Client::discover(Instant now)
{
    begin_exchange(now);
    lease_.reset();
    state_ = ClientState::selecting;
    return send_discover(now);
}

Client::Sent Client::resend_discover(Instant now) { return send_discover(now); }

Client::Sent Client::on_offer(Instant now, const wire::Message& offer)
{
    // The first offer that can be used is taken, as most clients do. One without server identifier (table 3: MUST), lease time or a
    // usable address cannot.
    const auto server = offer.options.address(wire::option::server_identifier);
    const auto seconds = offer.options.u32(wire::option::lease_time);
    if (!server || !server->is_host() || !seconds || *seconds == 0 || !offer.yiaddr.is_host()) return std::nullopt;
    server_ = *server;
    wanted_ = offer.yiaddr;
    attempts_ = 0;
    asked_ = now;
    state_ = ClientState::requesting;
    return send_request(now);
}

// ---- REQUESTING, REBOOTING

Client::Sent Client::begin_reboot(Instant now)
{
    begin_exchange(now);
    asked_ = now;
    wanted_ = lease_->address;
    state_ = ClientState::rebooting;
    return send_request(now);
}

Client::Sent Client::resend_request(Instant now)
{
    if (checking_) return check(now);
    // §3.2 (3) lets a rebooting client go on with its old lease unanswered; like most clients this one asks anew instead.
    return attempts_ < kMaxRequests ? send_request(now) : discover(now);
}

Client::Sent Client::on_ack(Instant now, const wire::Message& ack)
{
    const bool renews = state_ == ClientState::renewing || state_ == ClientState::rebinding;
    const auto seconds = ack.options.u32(wire::option::lease_time);
    if (!takes_server(ack) || !seconds || ack.yiaddr != (renews ? lease_->address : wanted_)) return std::nullopt;
    if (after_seconds(asked_, *seconds) <= now) return std::nullopt; // over before it arrived

    ClientLease lease = lease_ ? std::move(*lease_) : ClientLease{};
    lease.address = ack.yiaddr;
    lease.server = *ack.options.address(wire::option::server_identifier);
    read_times(ack.options, asked_, *seconds, lease);
    lease.mask = ack.options.address(wire::option::subnet_mask);
    read_addresses(ack.options, wire::option::router, lease.routers);
    read_addresses(ack.options, wire::option::dns_servers, lease.dns_servers);
    lease_ = std::move(lease);
    naks_ = 0;
    // §4.4.1: "a check on the suggested address", where it is new. A machine that renews would have noticed long ago.
    return identity_.probes && state_ == ClientState::requesting ? begin_check(now) : take_lease();
}

Client::Sent Client::take_lease()
{
    checking_ = false;
    state_ = ClientState::bound;
    deadline_ = lease_->renewal;
    return std::nullopt;
}

Client::Sent Client::begin_check(Instant now)
{
    checking_ = true;
    attempts_ = 0;
    return check(now);
}

Client::Sent Client::check(Instant now)
{
    if (attempts_ == kProbes) return take_lease();
    ++attempts_;
    deadline_ = now + (attempts_ < kProbes ? kProbeMin + random_.below(kProbeMax - kProbeMin) : kAnnounceWait);
    return ClientTransmit{ClientTransmit::Kind::arp_probe, kAnyAddress, lease_->address, {}};
}

Client::Sent Client::address_in_use(Instant now, Ipv4Address address)
{
    if (!checking_ || lease_->address != address) return std::nullopt;
    const Sent decline = send_decline();
    checking_ = false;
    lease_.reset();
    wanted_ = kAnyAddress;
    state_ = ClientState::init;
    deadline_ = now + kLoopPause;
    return decline;
}

Client::Sent Client::on_nak(Instant now, const wire::Message& nak)
{
    if (!takes_server(nak)) return std::nullopt;
    wanted_ = kAnyAddress;
    if (++naks_ == 1) return discover(now);
    lease_.reset();
    state_ = ClientState::init;
    deadline_ = now + kLoopPause;
    return std::nullopt;
}

// ---- BOUND, RENEWING, REBINDING

Client::Sent Client::begin_renewing(Instant now)
{
    if (now >= lease_->rebinding) return begin_rebinding(now);
    begin_exchange(now);
    asked_ = now;
    state_ = ClientState::renewing;
    return resend_renewal(now);
}

Client::Sent Client::resend_renewal(Instant now)
{
    if (now >= lease_->rebinding) return begin_rebinding(now);
    return resend_until(now, lease_->rebinding);
}

Client::Sent Client::begin_rebinding(Instant now)
{
    if (state_ != ClientState::renewing) { // T1 was slept through
        begin_exchange(now);
        asked_ = now;
    }
    state_ = ClientState::rebinding;
    return resend_rebinding(now);
}

Client::Sent Client::resend_rebinding(Instant now)
{
    if (now >= lease_->expires) return lose_lease(now);
    return resend_until(now, lease_->expires);
}

/// §4.4.5: again after half of what remains until `end`, and not sooner than in a minute.
Client::Sent Client::resend_until(Instant now, Instant end)
{
    const Sent sent = send_request(now);
    deadline_ = std::min(now + std::max((end - now) / 2, kMinRenewalPause), end);
    return sent;
}

/// §4.4.5: at expiry the client stops using the address at once and begins in INIT. It may wish for the same address.
Client::Sent Client::lose_lease(Instant now)
{
    wanted_ = lease_->address;
    return discover(now);
}

// ---- which answers count

/// What can reach the interface: everything for its own address, broadcasts, and before it has an address unicast frames for the
/// offered one, unless it said by the broadcast flag that it cannot take these (§4.1).
bool Client::hears(const ClientInbound& inbound) const
{
    if (inbound.destination.is_broadcast()) return true;
    const Ipv4Address own = address();
    return own.is_unspecified() ? !identity_.broadcast_flag : inbound.destination == own;
}

bool Client::is_answer(const wire::Message& reply) const
{
    if (reply.op != 2 || reply.xid != xid_ || reply.hardware() != HardwareAddress::of(identity_.mac)) return false;
    // RFC 6842 §3: an answer with another client identifier than ours is for somebody else.
    const auto echoed = reply.options.find(wire::option::client_identifier);
    return !echoed || std::ranges::equal(*echoed, std::as_bytes(std::span{identity_.client_id}));
}

/// REQUESTING and RENEWING ask one server, and only that one may answer; REBOOTING and REBINDING ask all.
bool Client::takes_server(const wire::Message& reply) const
{
    const auto server = reply.options.address(wire::option::server_identifier);
    if (!server || !server->is_host()) return false;
    if (state_ == ClientState::requesting) return *server == server_;
    if (state_ == ClientState::renewing) return *server == lease_->server;
    return true;
}

void Client::begin_exchange(Instant now)
{
    xid_ = random_.next32();
    began_ = now;
    attempts_ = 0;
}

} // namespace dorascope::lab

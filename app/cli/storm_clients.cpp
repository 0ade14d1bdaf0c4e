// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/storm_clients.h"

#include "app/cli/storm_check.h"

#include <array>
#include <fmt/format.h>

namespace dorascope::cli {
namespace {

namespace option = wire::option;
constexpr std::uint32_t kSlotMask = StormSettings::kMostInFlight - 1;
/// What ordinary clients ask for: mask, router, name servers, domain, T1, T2.
constexpr std::array kAskedFor{std::byte{1}, std::byte{3}, std::byte{6}, std::byte{15}, std::byte{58}, std::byte{59}};

} // namespace

StormClients::StormClients(const StormSettings& settings)
    : settings_{settings}, random_{settings.seed}, mac_offset_{lab::derive_seed(settings.seed, 1)}, slots_(settings.in_flight)
{
    queue_.reserve(slots_.size());
    for (auto& slot : slots_)
        slot.message.reserve(wire::kDefaultMaxMessage);
}

/// Locally administered. Multiplying by an odd number permutes the forty bits below: no two clients share an address.
MacAddress StormClients::mac_of(std::uint32_t client) const
{
    const std::uint64_t mixed = client * 0x9e3779b97f4a7c15ULL + mac_offset_;
    MacAddress mac{{0x02}};
    for (std::size_t i = 1; i < mac.octets.size(); ++i)
        mac.octets[i] = static_cast<std::uint8_t>(mixed >> (8 * (i - 1)));
    return mac;
}

void StormClients::fill(Instant now)
{
    if (phase_ == Phase::done) return;
    if (busy_ < slots_.size()) {
        for (auto& slot : slots_) {
            if (slot.state == State::idle && !begin_next(slot, now)) break;
        }
    }
    if (busy_ > 0) return;
    if (phase_ == Phase::arriving && settings_.known && !finishing_) {
        phase_ = Phase::returning;
        figures_ = {};
        fill(now);
    } else {
        phase_ = Phase::done;
    }
}

bool StormClients::begin_next(Slot& slot, Instant now)
{
    if (finishing_) return false;
    const bool begun = phase_ == Phase::arriving ? begin_arrival(slot, now) : begin_return(slot, now);
    if (begun) ++busy_;
    return begun;
}

bool StormClients::begin_arrival(Slot& slot, Instant now)
{
    if (settings_.clients && next_client_ == *settings_.clients) return false;
    slot.client = next_client_++;
    slot.chaddr = mac_of(slot.client);
    discover(slot, now);
    return true;
}

/// The next one that nobody renews yet and whose lease is alive.
bool StormClients::begin_return(Slot& slot, Instant now)
{
    for (std::size_t looked_at = 0; looked_at < holdings_.size(); ++looked_at) {
        if (next_return_ >= holdings_.size()) next_return_ = 0;
        const auto i = next_return_++;
        auto& holding = holdings_[i];
        if (holding.busy || holding.expiry <= now) continue;
        holding.busy = true;
        slot.holding = i;
        slot.client = holding.client;
        slot.chaddr = mac_of(slot.client);
        slot.yiaddr = holding.address;
        come_again(slot, now);
        return true;
    }
    return false;
}

void StormClients::end(Slot& slot, Instant now)
{
    if (slot.holding != Holdings::kNone) holdings_[slot.holding].busy = false;
    slot.holding = Holdings::kNone;
    slot.state = State::idle;
    --busy_;
    begin_next(slot, now);
}

// ---------------------------------------------------------------- messages

void StormClients::prepare(const Slot& slot, MessageType type)
{
    message_.clear();
    message_.xid = slot.xid;
    message_.set_hardware(HardwareAddress::of(slot.chaddr));
    message_.giaddr = settings_.giaddr;
    // Without a relay the answer must reach a host that has no address (RFC 2131 §4.1); a relay adds a hop (RFC 1542 §4.1.1).
    const bool relayed = !settings_.giaddr.is_unspecified();
    message_.hops = relayed ? 1 : 0;
    message_.flags = relayed ? 0 : wire::kBroadcastFlag;
    message_.options.set_u8(option::message_type, static_cast<std::uint8_t>(type));
}

void StormClients::discover(Slot& slot, Instant now)
{
    const auto number = static_cast<std::uint32_t>(&slot - slots_.data());
    slot.xid = (random_.next32() & ~kSlotMask) | number;
    slot.state = State::discovering;
    slot.yiaddr = slot.server_identifier = kAnyAddress;
    slot.tries = 0;
    prepare(slot, MessageType::discover);
    emit(slot, now);
}

/// RFC 2131 §4.3.2, SELECTING: the server identifier and the address of the offer, ciaddr 0.
void StormClients::request(Slot& slot, Instant now)
{
    slot.state = State::requesting;
    slot.tries = 0;
    prepare(slot, MessageType::request);
    message_.options.set_address(option::requested_address, slot.yiaddr);
    message_.options.set_address(option::server_identifier, slot.server_identifier);
    emit(slot, now);
}

/// Through a relay REBINDING: ciaddr, and the answer goes to the relay. On the link INIT-REBOOT: answered by broadcast, so that nobody has
/// to answer ARP for half a million addresses (RFC 2131 §4.3.2).
void StormClients::come_again(Slot& slot, Instant now)
{
    const auto number = static_cast<std::uint32_t>(&slot - slots_.data());
    slot.xid = (random_.next32() & ~kSlotMask) | number;
    slot.state = State::returning;
    slot.server_identifier = kAnyAddress;
    slot.tries = 0;
    prepare(slot, MessageType::request);
    if (settings_.giaddr.is_unspecified()) {
        message_.options.set_address(option::requested_address, slot.yiaddr);
    } else {
        message_.ciaddr = slot.yiaddr;
    }
    emit(slot, now);
}

void StormClients::emit(Slot& slot, Instant now)
{
    message_.options.set(option::parameter_request_list, kAskedFor);
    wire::emit(message_, {}, slot.message);
    slot.first_try = now;
    slot.deadline = now + settings_.timeout;
    if (!figures_.first_sent) figures_.first_sent = now;
    queue(slot);
}

void StormClients::queue(Slot& slot)
{
    if (slot.queued) return; // answered before it was even sent: what is sent is what stands there now
    slot.queued = true;
    queue_.push_back(static_cast<std::uint32_t>(&slot - slots_.data()));
}

void StormClients::sent()
{
    figures_.sent += queue_.size();
    for (const auto i : queue_)
        slots_[i].queued = false;
    queue_.clear();
    acknowledged_.clear();
}

void StormClients::advance(Instant now)
{
    for (auto& slot : slots_) {
        if (slot.state == State::idle || slot.deadline > now) continue;
        if (++slot.tries >= settings_.tries) {
            ++figures_.lost;
            end(slot, now);
            continue;
        }
        ++figures_.retransmissions;
        slot.deadline = now + settings_.timeout;
        queue(slot);
    }
}

// ---------------------------------------------------------------- replies

void StormClients::receive(Instant now, std::span<const std::byte> payload)
{
    ++figures_.received;
    if (const auto parsed = wire::parse_into(payload, reply_); !parsed) {
        return fault(fmt::format("a reply of {} octets cannot be read: {} at octet {}", payload.size(),
                                 wire::to_string(parsed.error().code), parsed.error().offset));
    }
    const auto number = reply_.xid & kSlotMask;
    if (number >= slots_.size() || slots_[number].state == State::idle || slots_[number].xid != reply_.xid) {
        ++figures_.strays;
        return;
    }
    Slot& slot = slots_[number];
    const bool discovering = slot.state == State::discovering;
    switch (reply_.type()) {
    case MessageType::offer: return discovering ? offered(slot, now) : void(++figures_.strays);
    case MessageType::ack: return discovering ? void(++figures_.strays) : acked(slot, now);
    case MessageType::nak: return discovering ? void(++figures_.strays) : refused(slot, now);
    default: return fault(fmt::format("a server answers {} with {}", slot.chaddr.to_string(), rfc_name(reply_.type())));
    }
}

bool StormClients::is_right(const Slot& slot, Instant now)
{
    ExpectedReply expected;
    expected.hardware = HardwareAddress::of(slot.chaddr);
    expected.giaddr = settings_.giaddr;
    expected.yiaddr = slot.yiaddr;
    expected.server_identifier = slot.server_identifier;
    if (slot.state == State::returning && !settings_.giaddr.is_unspecified()) expected.ciaddr = slot.yiaddr;
    if (auto broken = fault_of(reply_, expected)) {
        fault(std::move(*broken));
        return false;
    }
    if (const auto* holder = holdings_.held_by_another(reply_.yiaddr, slot.client, now)) {
        fault(fmt::format("{} of {} to {}, but {} holds it for another {} ms", rfc_name(reply_.type()), reply_.yiaddr.to_string(),
                          slot.chaddr.to_string(), mac_of(holder->client).to_string(),
                          std::chrono::duration_cast<std::chrono::milliseconds>(holder->expiry - now).count()));
        return false;
    }
    return true;
}

void StormClients::offered(Slot& slot, Instant now)
{
    if (!is_right(slot, now)) return end(slot, now);
    figures_.offer.add(now - slot.first_try);
    if (!figures_.first_offer) figures_.first_offer = now;
    slot.yiaddr = reply_.yiaddr;
    slot.server_identifier = *reply_.options.address(option::server_identifier);
    request(slot, now);
}

void StormClients::acked(Slot& slot, Instant now)
{
    if (!is_right(slot, now)) return end(slot, now);
    ++figures_.exchanges;
    figures_.ack.add(now - slot.first_try);
    if (!figures_.first_ack) figures_.first_ack = now;
    figures_.last_ack = now;
    // RFC 2131 §4.4.1: the lease counts from the sending of the request; the first one, so that the client is never too sure.
    const auto expiry = after_seconds(slot.first_try, *reply_.options.u32(option::lease_time));
    holdings_.take(reply_.yiaddr, slot.client, expiry);
    acknowledged_.push_back({reply_.yiaddr, slot.chaddr, expiry});
    end(slot, now);
}

/// A lease that is alive must not be refused. An offer may have lapsed: that client begins anew (RFC 2131 §3.1, 5).
void StormClients::refused(Slot& slot, Instant now)
{
    ++figures_.naks;
    if (slot.state == State::requesting) return discover(slot, now);
    const auto& holding = holdings_[slot.holding];
    if (holding.expiry > now) {
        fault(fmt::format("DHCPNAK to {}, whose lease of {} is alive", slot.chaddr.to_string(), holding.address.to_string()));
    }
    holdings_[slot.holding].expiry = now;
    end(slot, now);
}

void StormClients::fault(std::string text)
{
    ++fault_count_;
    if (faults_.size() < kMostFaultsKept) faults_.push_back(std::move(text));
}

} // namespace dorascope::cli

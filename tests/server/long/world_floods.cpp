// SPDX-License-Identifier: GPL-3.0-or-later
// Machines that make clients up: of one card or of many, DHCPDISCOVERs, DHCPREQUESTs out of the blue, and whole handshakes, which take an
// address for good.
#include "tests/server/long/world.h"

#include <algorithm>

namespace dorascope::server::simulation {

namespace {

constexpr std::uint8_t kFirstOfMany = 8; ///< attackers' cards below it come again

HardwareAddress made_up(std::uint8_t card, std::uint32_t number)
{
    MacAddress name = mac(Card::made_up, static_cast<std::uint8_t>(number));
    name.octets[2] = card;
    name.octets[3] = static_cast<std::uint8_t>(number >> 16);
    name.octets[4] = static_cast<std::uint8_t>(number >> 8);
    return HardwareAddress::of(name);
}

std::uint8_t card_of(const HardwareAddress& hardware) { return hardware.octets[2]; }

} // namespace

void World::flood()
{
    finish_batch();
    flood_until_ = real_ + 1s;
    const auto kind = pick(3);
    const bool takes = kind == 2, asks = kind == 1, many = once_in(2);
    const auto one = static_cast<std::uint8_t>(pick(3));
    for (std::uint32_t left = takes ? 2 + pick(6) : 5 + pick(30); left > 0 && complaint_.empty(); --left) {
        const auto card = many ? static_cast<std::uint8_t>(kFirstOfMany + pick(200)) : one;
        wire::Message m;
        m.set_hardware(made_up(card, static_cast<std::uint32_t>(random_())));
        m.xid = static_cast<std::uint32_t>(random_());
        const auto type = asks ? MessageType::request : MessageType::discover;
        m.options.set_u8(wire::option::message_type, static_cast<std::uint8_t>(type));
        if (asks) {
            m.options.set_address(wire::option::requested_address, some_address());
            m.options.set_address(wire::option::server_identifier, kLocal);
        } else if (once_in(4)) {
            m.options.set(wire::option::rapid_commit, {});
        }
        hear_made_up(m, mac(Card::attacker, card));
    }
    finish_batch();
}

void World::hear_made_up(const wire::Message& m, const MacAddress& card)
{
    ++tally_[Count::flooded];
    wire::Buffer payload;
    wire::emit(m, {}, payload);
    Inbound inbound;
    inbound.payload = payload;
    inbound.local = kLocal;
    inbound.destination = kBroadcastAddress;
    inbound.source_mac = card;
    const std::size_t before = out_.decisions().size();
    server_.receive(now(), inbound, out_);
    if (out_.decisions().size() != before + 1) return fail("one packet, one decision");
}

/// The ones that make up whole handshakes answer an offer as a client does.
void World::go_on_made_up(const wire::Message& reply)
{
    if (reply.type() != MessageType::offer || card_of(reply.hardware()) >= kFirstOfMany) return;
    wire::Message m;
    m.set_hardware(reply.hardware());
    m.xid = reply.xid;
    m.options.set_u8(wire::option::message_type, static_cast<std::uint8_t>(MessageType::request));
    m.options.set_address(wire::option::requested_address, reply.yiaddr);
    m.options.set_address(wire::option::server_identifier, kLocal);
    Event event{.kind = Event::to_server, .who = kNobody, .card = mac(Card::attacker, card_of(reply.hardware()))};
    wire::emit(m, {}, event.payload);
    post(std::move(event), 0ms, 60ms);
}

/// One that is on the disk now. What was there before the last start has no sender that a server could know, until it is renewed: it goes on,
/// and counts against the next from then on.
void World::note_made_up_lease(const Lease& lease, bool goes_on)
{
    if (!is_made_up(lease.hardware)) return;
    const bool is_new = made_up_leases_.insert_or_assign(lease.address, lease.hardware).second;
    if (!is_new || goes_on) return;
    ++tally_[Count::made_up_leases];
    check_made_up_leases(card_of(lease.hardware));
}

/// Whoever got one more has no more than its share of the pools. What another configuration has taken out of them cannot be renewed.
void World::check_made_up_leases(std::uint8_t card)
{
    const auto is_shared = [this](Ipv4Address address) {
        return std::ranges::any_of(config_.subnets, [address](const Subnet& s) { return in_pool(s, address); });
    };
    std::uint32_t has = 0;
    for (const auto& [address, hardware] : made_up_leases_) {
        const auto lease = server_.lease(address);
        has += card_of(hardware) == card && is_shared(address) && lease && lease->state == LeaseState::bound
            && lease->hardware == hardware;
    }
    const std::uint32_t most = config_.limits.leases_per_mac;
    if (most != 0 && has > most) fail("one card has " + std::to_string(has) + " leases under made-up names");
}

void World::forget_made_up_leases()
{
    std::erase_if(made_up_leases_, [&](const auto& entry) {
        const auto lease = server_.lease(entry.first);
        return !lease || lease->state != LeaseState::bound || lease->hardware != entry.second;
    });
}

} // namespace dorascope::server::simulation

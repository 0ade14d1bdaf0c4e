// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/server/dhcp_server.h"

#include "engine/server/server_state.h"

#include <algorithm>

namespace dorascope::server {

// ---- one packet ----------------------------------------------------------------------------------------------------------------

void DhcpServer::State::receive(Instant now, const Inbound& inbound, Outbox& out)
{
    if (!inbound.local.is_unspecified()) allocator.add_server_address(inbound.local);
    for (const Ipv4Address further : inbound.also_local) {
        if (!further.is_unspecified()) allocator.add_server_address(further);
    }
    // Leases and offers end when their time is past, whether or not advance() was called in between.
    bindings.settle(now);

    Decision& decision = begin_decision(now, out);
    decision.server = inbound.local;
    Trace trace{decision};
    take(now, inbound, nullptr, trace, out);
}

void DhcpServer::State::take(Instant now, const Inbound& inbound, const Waited* waited, Trace& trace, Outbox& out)
{
    if (const auto parsed = wire::parse_into(inbound.payload, request); !parsed) {
        const bool wrong_op = parsed.error().code == wire::ParseCode::bad_op && !inbound.payload.empty();
        if (wrong_op) return trace.end(Outcome::dropped, StepCode::not_bootrequest, {}, std::to_integer<int>(inbound.payload[0]));
        return trace.end(Outcome::dropped, StepCode::malformed, {}, static_cast<std::int64_t>(parsed.error().offset));
    }
    Decision& decision = trace.decision();
    decision.xid = request.xid;
    decision.chaddr = request.hardware();
    decision.received = request.type();
    if (request.op != 1) return trace.end(Outcome::dropped, StepCode::not_bootrequest, {}, request.op);

    Packet packet{now, inbound, request, Client{request}, trace, out, nullptr, waited};
    if (!packet.client.has_key()) return trace.end(Outcome::dropped, StepCode::no_client_address);
    if (packet.client.identifier.size() > kMaxClientId) {
        return trace.end(Outcome::dropped, StepCode::client_id_too_long, {},
                         static_cast<std::int64_t>(packet.client.identifier.size()));
    }
    handle(packet);
}

void DhcpServer::State::handle(Packet& packet)
{
    struct Row {
        MessageType type;
        void (State::*handler)(Packet&);
    };
    static constexpr Row kHandlers[]{
        {MessageType::discover, &State::on_discover}, {MessageType::request, &State::on_request},
        {MessageType::decline, &State::on_decline},   {MessageType::release, &State::on_release},
        {MessageType::inform, &State::on_inform},     {MessageType::none, &State::on_bootp},
    };
    const MessageType type = packet.request.type();
    if (type == MessageType::none && !config.bootp) return packet.trace.end(Outcome::dropped, StepCode::no_message_type);
    const auto row = std::ranges::find(kHandlers, type, &Row::type);
    if (row == std::end(kHandlers)) {
        return packet.trace.end(Outcome::dropped, StepCode::unexpected_type, {}, static_cast<std::int64_t>(type));
    }
    // What is not answered anyway is heard from everybody: an address given back is free.
    const bool answered = type != MessageType::release && type != MessageType::decline;
    if (answered && !classify(packet)) return;
    if (select_subnet(packet) && is_within_limits(packet)) (this->*row->handler)(packet);
}

Ask DhcpServer::State::ask_for(const Packet& packet, std::optional<Ipv4Address> requested)
{
    ServedSubnet& subnet = *packet.subnet;
    return {packet.client,
            subnet,
            bindings.holdings(packet.client, subnet.index()),
            reservation_of(packet, requested),
            requested,
            packet.request.giaddr,
            packet.now,
            subnets.network_of(subnet),
            packet.classes,
            shunned_by(packet)};
}

void DhcpServer::State::write(const Binding& binding, Outbox& out)
{
    LeaseWrite& row = OutboxAccess::storage(out).writes.add();
    row.erase = false;
    bindings.copy_stored(binding, row.lease);
}

// ---- time ----------------------------------------------------------------------------------------------------------------------

void DhcpServer::own_addresses(Ipv4Address local, const std::array<Ipv4Address, 7>& also_local)
{
    std::vector<Ipv4Address> all{local};
    all.insert(all.end(), also_local.begin(), also_local.end());
    std::erase(all, Ipv4Address{});
    state_->allocator.own_addresses(all);
    // Answers that wait are given under an address that there is.
    if (!local.is_unspecified()) state_->waiting.own_addresses(local, also_local);
}

void DhcpServer::receive(Instant now, const Inbound& inbound, Outbox& out)
{
    state_->receive(now, inbound, out);
    state_->count(out.decisions().back());
}

void DhcpServer::probe_answered(Instant now, Ipv4Address address, const MacAddress& by, Outbox& out)
{
    state_->probe_answered(now, address, by, out);
}

void DhcpServer::probe_forged(Instant now, Ipv4Address address, const MacAddress& sender, Outbox& out)
{
    state_->probe_forged(now, address, sender, out);
}

void DhcpServer::overheard(Instant now, const Inbound& reply, Outbox& out) { state_->overheard(now, reply, out); }

void DhcpServer::advance(Instant now, Outbox& out)
{
    Bindings& bindings = state_->bindings;
    bindings.settle(now);
    for (const Lapse& lapse : bindings.lapses()) {
        state_->record(now, lapse.code, lapse.address, lapse.who, out);
        // Somebody else may have got the address since; then there is a newer row to come or there already.
        const Binding* b = bindings.find(lapse.address);
        const bool ended = lapse.code == StepCode::lease_expired || lapse.code == StepCode::lease_superseded;
        if (ended && b != nullptr && b->standing == Standing::expired) state_->write(*b, out);
    }
    bindings.forget_lapses();
    while (Waiting* w = state_->waiting.due(now))
        state_->go_on(now, *w, out);
}

std::optional<Instant> DhcpServer::next_deadline() const
{
    const auto lapse = state_->bindings.next_deadline(), answer = state_->waiting.next_deadline();
    return lapse && answer ? std::min(*lapse, *answer) : lapse ? lapse : answer;
}

void DhcpServer::roll_back(const Outbox& out)
{
    state_->bindings.roll_back(OutboxAccess::storage(out).journal.span());
    // What its probes find out is nobody's any more. The clients ask again, and so does the server then.
    for (const ProbeRequest& probe : out.probes())
        state_->stop_probing(probe.address);
    // An OFFER may have left already, and is no promise.
    for (const Decision& decision : out.decisions())
        if (rests_on_storage(decision)) state_->uncount(decision);
}

// ---- making and looking --------------------------------------------------------------------------------------------------------

DhcpServer::DhcpServer(std::unique_ptr<State> state) : state_{std::move(state)} { }
DhcpServer::DhcpServer(DhcpServer&&) noexcept = default;
DhcpServer& DhcpServer::operator=(DhcpServer&&) noexcept = default;
DhcpServer::~DhcpServer() = default;

tl::expected<DhcpServer, ConfigErrors> DhcpServer::create(Config config, LeaseTable leases, Instant now)
{
    if (ConfigErrors errors = validate(config); !errors.empty()) return tl::unexpected{std::move(errors)};
    // The time of the start, in nanoseconds, keys the hash of clients: nobody on the network knows it, and a test repeats it.
    const auto seed = static_cast<std::uint64_t>(now.time_since_epoch().count()) * 0x9e3779b97f4a7c15ULL + 1;
    auto state = std::make_unique<State>(std::move(config), seed);
    state->bindings.expect(leases.size());
    state->bindings.load(leases, now);
    return DhcpServer{std::move(state)};
}

void DhcpServer::expect(std::size_t leases) { state_->bindings.expect(leases); }
void DhcpServer::restore(Instant now, std::span<const Lease> part) { state_->bindings.load(part, now); }

const Config& DhcpServer::config() const { return state_->config; }

std::vector<Lease> DhcpServer::leases() const
{
    std::vector<Lease> all;
    all.reserve(lease_count());
    state_->bindings.for_each([&](const Binding& b) { all.push_back(state_->bindings.shown(b)); });
    std::ranges::sort(all, {}, &Lease::address);
    return all;
}

std::size_t DhcpServer::copy_leases(std::size_t cursor, std::size_t most, std::vector<Lease>& to) const
{
    const std::size_t next =
        state_->bindings.for_some(cursor, most, [&](const Binding& b) { to.push_back(state_->bindings.shown(b)); });
    return next < state_->bindings.slots() ? next : kEndOfLeases;
}

std::optional<Lease> DhcpServer::lease(Ipv4Address address) const
{
    const Binding* b = std::as_const(state_->bindings).find(address);
    if (b == nullptr) return std::nullopt;
    return state_->bindings.shown(*b);
}

std::vector<PoolUse> DhcpServer::pool_use() const
{
    std::vector<PoolUse> use;
    for (const ServedSubnet& subnet : std::as_const(state_->subnets).all()) {
        use.push_back({subnet.prefix(), subnet.pool_size(), subnet.bound, subnet.offered, subnet.declined, subnet.outside});
    }
    return use;
}

std::uint64_t DhcpServer::count(StepCode verdict) const
{
    const auto i = static_cast<std::size_t>(verdict);
    return i < state_->verdicts.size() ? state_->verdicts[i] : 0;
}

std::size_t DhcpServer::lease_count() const { return state_->bindings.size(); }
std::size_t DhcpServer::aside_count() const { return state_->bindings.aside(); }
std::size_t DhcpServer::memory_used() const { return state_->bindings.memory_used(); }

} // namespace dorascope::server

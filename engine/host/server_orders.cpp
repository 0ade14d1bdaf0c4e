// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/server_orders.h"

#include "engine/wire/hex.h"

#include <algorithm>
#include <fmt/format.h>

namespace dorascope::host {
namespace {

using server::DhcpServer;
using server::Lease;
using server::LeaseState;
using server::OrderError;
using server::Reservation;
using Kind = HostError::Kind;

HostError bad(std::string problem, std::string remedy = "")
{
    return {Kind::bad_argument, std::move(problem), std::move(remedy)};
}

HostError ended() { return {Kind::system, "The server is not running any more.", ""}; }

/// The client that goes by what the reservation names (RFC 2131 §4.2); nothing where a lease does not tell: what a relay adds, and a host
/// name as it was sent.
std::optional<bool> is_for(const Reservation& reservation, const Lease& lease)
{
    if (reservation.hardware) return reservation.hardware == lease.hardware;
    if (reservation.client_id.empty()) return std::nullopt;
    return lease.client.kind == server::ClientKey::Kind::identifier && lease.client.bytes == reservation.client_id;
}

/// Do two reservations name the same client, whatever else they say?
bool is_same_client(const Reservation& a, const Reservation& b)
{
    return a.hardware == b.hardware && a.client_id == b.client_id && a.circuit_id == b.circuit_id && a.remote_id == b.remote_id
        && a.client_hostname == b.client_hostname;
}

std::string client_of(const Lease& lease)
{
    if (!lease.hostname.empty()) return fmt::format("{} ({})", lease.hardware.to_string(), lease.hostname);
    return lease.hardware.length > 0 ? lease.hardware.to_string() : "client " + wire::to_hex(lease.client.bytes);
}

HostError refusal(OrderError error, Ipv4Address address, const std::optional<Lease>& lease)
{
    const auto text = address.to_string();
    switch (error) {
    case OrderError::unknown_address:
        return bad(text + " was never leased here, and is in no quarantine.", "Look at the list of leases.");
    case OrderError::not_served:
        return bad(text + " lies in no subnet that is served now; what is known of it is kept in the lease file.",
                   "Reload a configuration with its subnet, or delete it to forget who had it.");
    case OrderError::not_leased:
        if (lease && (lease->state == LeaseState::declined || lease->state == LeaseState::conflict))
            return bad(text + " is leased to nobody: it is in quarantine.", "Clear its quarantine to give it out again.");
        return bad(text + " is leased to nobody"
                       + (lease ? fmt::format(": it is {}.", server::to_string(lease->state)) : std::string{"."}),
                   "Delete it to forget who had it.");
    case OrderError::not_quarantined:
        return bad(text + " is not in quarantine"
                   + (lease ? fmt::format(": it is {}.", server::to_string(lease->state)) : std::string{"."}));
    }
    return bad(std::string{server::to_string(error)});
}

} // namespace

// ---- turns on the serving thread ----------------------------------------------------------------------------------------------------

tl::expected<std::unique_ptr<ServerOrders>, HostError> ServerOrders::open(ServerHost& host, server::Config configured)
{
    std::unique_ptr<ServerOrders> orders{new ServerOrders{host, std::move(configured)}};
    auto ordered = host.store().reservations();
    if (!ordered) return tl::unexpected{std::move(ordered.error())};
    orders->since_ = host.now();
    if (ordered->empty()) return orders;
    // Ordered long ago, and noted then.
    const auto warnings = orders->reconfigure_now(*orders->configured_, *ordered, std::nullopt);
    orders->ordered_ = std::move(*ordered);
    if (warnings) orders->notices_ = *warnings;
    return orders;
}

void ServerOrders::close()
{
    const std::lock_guard lock{mutex_};
    closed_ = true;
    turned_.notify_all();
}

bool ServerOrders::take_turn(const std::function<void()>& task)
{
    enum class Turn { waits, runs, done, abandoned };
    const auto turn = std::make_shared<Turn>(Turn::waits);
    std::unique_lock lock{mutex_};
    if (closed_) return false;
    host_.post([this, turn, &task] {
        {
            const std::lock_guard begin{mutex_};
            if (*turn == Turn::abandoned) return;
            *turn = Turn::runs;
        }
        task();
        const std::lock_guard end{mutex_};
        *turn = Turn::done;
        turned_.notify_all();
    });
    turned_.wait(lock, [&] { return *turn == Turn::done || (closed_ && *turn == Turn::waits); });
    if (*turn == Turn::done) return true;
    *turn = Turn::abandoned;
    return false;
}

// ---- leases -------------------------------------------------------------------------------------------------------------------------

ServerOrders::Outcome ServerOrders::on_address(Ipv4Address address, const LeaseOrder& order, const Said& said)
{
    Outcome outcome;
    const bool ran = take_turn([&] {
        std::optional<Lease> before;
        tl::expected<void, OrderError> obeyed;
        const auto stored = host_.carry_out([&](Instant now, DhcpServer& server, server::Outbox& out) {
            before = server.lease(address);
            obeyed = order(now, server, out);
        });
        if (!obeyed) {
            outcome = tl::unexpected{refusal(obeyed.error(), address, before)};
        } else if (!stored) {
            outcome = tl::unexpected{stored.error()};
        } else {
            outcome = said(before);
        }
    });
    if (!ran) return tl::unexpected{ended()};
    return outcome;
}

ServerOrders::Outcome ServerOrders::release(Ipv4Address address)
{
    // RFC 3203: a server can tell a client to ask anew (FORCERENEW) only where they share a key. So the client does not know.
    return on_address(
        address, [=](Instant now, DhcpServer& server, server::Outbox& out) { return server.release(now, address, out); },
        [=](const std::optional<Lease>& before) {
            return fmt::format("{} is taken back{}; the client is not told, and may use it until its lease ends.",
                               address.to_string(), before ? " from " + client_of(*before) : "");
        });
}

ServerOrders::Outcome ServerOrders::erase(Ipv4Address address)
{
    return on_address(
        address, [=](Instant now, DhcpServer& server, server::Outbox& out) { return server.erase(now, address, out); },
        [=](const std::optional<Lease>& before) {
            return fmt::format("{} is forgotten{}.", address.to_string(),
                               before && before->hardware.length > 0 ? "; " + client_of(*before) + " had it" : "");
        });
}

ServerOrders::Outcome ServerOrders::clear_quarantine(Ipv4Address address)
{
    return on_address(
        address, [=](Instant now, DhcpServer& server, server::Outbox& out) { return server.clear_quarantine(now, address, out); },
        [=](const std::optional<Lease>&) {
            return fmt::format("{} is out of quarantine and may be given out again.", address.to_string());
        });
}

// ---- reservations and configuration -------------------------------------------------------------------------------------------------

ServerOrders::Outcome ServerOrders::reserve(Reservation reservation)
{
    Outcome outcome;
    if (!take_turn([&] { outcome = reserve_now(reservation); })) return tl::unexpected{ended()};
    return outcome;
}

ServerOrders::Outcome ServerOrders::reserve_now(const Reservation& reservation)
{
    const auto text = reservation.address.to_string();
    if (const auto own = host_.interface().addresses;
        std::ranges::any_of(own, [&](const InterfaceAddress& a) { return a.address == reservation.address; })) {
        return tl::unexpected{bad(text + " cannot be reserved: this server has it itself.", "Name another address.")};
    }
    auto next = ordered_;
    const auto former = std::ranges::find(ordered_, reservation.address, &Reservation::address);
    const std::string instead =
        former != ordered_.end() && !is_same_client(*former, reservation) ? " instead of " + client_of(*former) : "";
    std::erase_if(next, [&](const Reservation& r) { return r.address == reservation.address; });
    std::vector<LeftOut> ignored, unfit;
    auto others = with_reservations(*configured_, next, ignored);
    auto config = with_reservations(std::move(others), {reservation}, unfit);
    if (!unfit.empty()) return tl::unexpected{bad(text + " cannot be reserved: " + unfit.front().why + ".")};
    next.push_back(reservation);
    std::ranges::sort(next, {}, &Reservation::address);

    // First on disk: what is answered is kept. Whoever pulls the plug in between finds a reservation he did not hear of.
    if (auto kept = host_.store().keep(reservation); !kept) return tl::unexpected{std::move(kept.error())};
    const DecisionStep noted{StepCode::order_reserved, reservation.address, 0, reservation.hardware.value_or(HardwareAddress{})};
    if (const auto changed = put_in_force(std::move(config), noted); !changed) {
        const auto before = std::ranges::find(ordered_, reservation.address, &Reservation::address);
        if (before == ordered_.end() || !host_.store().keep(*before)) host_.store().forget(reservation.address);
        return tl::unexpected{bad(text + " cannot be reserved: " + all_of(changed.error()) + ".")};
    }
    ordered_ = std::move(next);
    const auto holder = host_.lease(reservation.address);
    const auto said = fmt::format("{} is reserved for {}{}", text, client_of(reservation), instead);
    if (!holder || holder->state != LeaseState::bound) return said + ".";
    const auto its_own = is_for(reservation, *holder);
    if (!its_own) return fmt::format("{}; {} has it now, and keeps it until it gives it up.", said, client_of(*holder));
    return said + (*its_own ? "." : fmt::format(" as soon as {} has given it up.", client_of(*holder)));
}

ServerOrders::Outcome ServerOrders::unreserve(Ipv4Address address)
{
    Outcome outcome;
    if (!take_turn([&] { outcome = unreserve_now(address); })) return tl::unexpected{ended()};
    return outcome;
}

ServerOrders::Outcome ServerOrders::unreserve_now(Ipv4Address address)
{
    const auto text = address.to_string();
    const auto found = std::ranges::find(ordered_, address, &Reservation::address);
    const bool configured = std::ranges::any_of(configured_->subnets, [&](const auto& subnet) {
        return std::ranges::find(subnet.reservations, address, &Reservation::address) != subnet.reservations.end();
    });
    if (found == ordered_.end()) {
        if (configured) return tl::unexpected{bad(text + " is reserved in the configuration.", "Take it out there, and reload.")};
        return tl::unexpected{bad(text + " is not reserved.", "Look at the list of reservations.")};
    }
    if (auto forgotten = host_.store().forget(address); !forgotten) return tl::unexpected{std::move(forgotten.error())};
    ordered_.erase(found);
    const DecisionStep noted{StepCode::order_unreserved, address, 0, {}};
    if (const auto changed = reconfigure_now(*configured_, ordered_, noted); !changed)
        return tl::unexpected{bad(all_of(changed.error()))};
    return text + (configured ? " is reserved by the configuration alone now." : " is not reserved any more.");
}

tl::expected<std::vector<std::string>, server::ConfigErrors> ServerOrders::reconfigure(server::Config configured)
{
    tl::expected<std::vector<std::string>, server::ConfigErrors> outcome;
    const bool ran = take_turn([&] {
        outcome = reconfigure_now(configured, ordered_, DecisionStep{StepCode::reconfigured, {}, 0, {}});
        if (outcome) configured_ = std::make_shared<const server::Config>(std::move(configured));
    });
    if (!ran) return tl::unexpected{server::ConfigErrors{{"", ended().problem, ""}}};
    return outcome;
}

tl::expected<std::vector<std::string>, server::ConfigErrors>
ServerOrders::reconfigure_now(const server::Config& configured, const std::vector<Reservation>& ordered,
                              const std::optional<DecisionStep>& noted)
{
    std::vector<LeftOut> left_out;
    if (auto changed = put_in_force(with_reservations(configured, ordered, left_out), noted); !changed)
        return tl::unexpected{std::move(changed.error())};
    return sentences(left_out);
}

tl::expected<void, server::ConfigErrors> ServerOrders::put_in_force(server::Config next, const std::optional<DecisionStep>& noted)
{
    server::Config former;
    tl::expected<void, server::ConfigErrors> changed;
    const auto stored = host_.carry_out([&](Instant now, DhcpServer& server, server::Outbox& out) {
        former = server.config();
        changed = server.reconfigure(now, std::move(next), noted, out);
    });
    if (!changed) return tl::unexpected{std::move(changed.error())};
    if (stored) return {};
    // The leases are back as they were; so is the configuration, which writes nothing.
    [[maybe_unused]] const auto back = host_.carry_out([&](Instant now, DhcpServer& server, server::Outbox& out) {
        [[maybe_unused]] const auto restored = server.reconfigure(now, std::move(former), std::nullopt, out);
    });
    return tl::unexpected{server::ConfigErrors{{"", stored.error().problem, stored.error().remedy}}};
}

tl::expected<ServerOrders::Snapshot, HostError> ServerOrders::snapshot()
{
    Snapshot snapshot;
    const bool ran = take_turn([&] {
        snapshot.config = configured_;
        snapshot.ordered = ordered_;
        host_.look([&](Instant now, const DhcpServer& server) {
            snapshot.now = now;
            snapshot.leases = server.lease_count();
            for (int i = 0; i < static_cast<int>(StepCode::count_); ++i) {
                const auto code = static_cast<StepCode>(i);
                if (const auto times = server.count(code); times > 0) snapshot.counts.emplace_back(code, times);
            }
        });
    });
    if (!ran) return tl::unexpected{ended()};
    return snapshot;
}

} // namespace dorascope::host

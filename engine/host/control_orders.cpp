// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/control_orders.h"

#include "engine/host/serving.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <memory>
#include <unistd.h>

namespace dorascope::host {
namespace {

using Lines = ControlServer::Lines;

/// An answer of a few lines.
Lines lines_of(std::vector<std::string> lines)
{
    const auto rest = std::make_shared<std::vector<std::string>>(std::move(lines));
    return [rest, i = std::size_t{0}]() mutable -> std::optional<std::string> {
        if (i == rest->size()) return std::nullopt;
        return std::move((*rest)[i++]);
    };
}
Lines one_line(const ControlResult& result) { return lines_of({to_line(result)}); }
Lines answer_of(const ServerOrders::Outcome& outcome) { return one_line(outcome ? done(*outcome) : refused(outcome.error())); }

Lines status(const Controlled& on, const ControlRequest&)
{
    const auto snapshot = on.orders.snapshot();
    if (!snapshot) return one_line(refused(snapshot.error()));
    const auto& host = on.orders.host();
    const auto counters = host.counters();
    ServerStatus s;
    s.interface = host.interface().name;
    s.identity = choose_identity(host.interface(), *snapshot->config);
    s.pid = ::getpid();
    s.since = on.orders.since();
    s.now = snapshot->now;
    s.stops_at = on.stops_at;
    s.state_dir = on.state_dir.string();
    s.config_file = on.reload.file().string();
    s.authority = snapshot->config->authority;
    s.probe = snapshot->config->probe.enabled;
    s.rapid_commit = snapshot->config->rapid_commit;
    s.leases = snapshot->leases;
    s.received = counters.received;
    s.transmitted = counters.transmitted;
    s.commits = counters.commits;
    s.send_errors = counters.send_errors;
    s.kernel_drops = counters.kernel_drops;
    s.store_failures = counters.store_failures;
    s.bad_frames = counters.bad_frames;
    s.not_for_us = counters.not_for_us;
    s.no_address = counters.no_address;
    return lines_of({status_line(s), to_line(done(""))});
}

/// One answer after the other.
Lines in_turn(std::vector<Lines> parts)
{
    return [parts = std::move(parts), i = std::size_t{0}]() mutable -> std::optional<std::string> {
        for (; i < parts.size(); ++i)
            if (auto line = parts[i]()) return line;
        return std::nullopt;
    };
}

Lines configured_reservations(std::shared_ptr<const server::Config> config)
{
    return [config = std::move(config), s = std::size_t{0}, r = std::size_t{0}]() mutable -> std::optional<std::string> {
        for (; s < config->subnets.size(); ++s, r = 0) {
            const auto& reservations = config->subnets[s].reservations;
            if (r < reservations.size()) return reservation_line(reservations[r++], false);
        }
        return std::nullopt;
    };
}

Lines ordered_reservations(std::vector<server::Reservation> ordered)
{
    return [ordered = std::move(ordered), i = std::size_t{0}]() mutable -> std::optional<std::string> {
        if (i == ordered.size()) return std::nullopt;
        return reservation_line(ordered[i++], true);
    };
}

/// In order of address, each as it stands when its line is taken; nothing else is kept meanwhile.
Lines leases(const ServerHost& host)
{
    std::vector<Ipv4Address> addresses;
    std::vector<server::Lease> bite;
    for (std::size_t cursor = 0; cursor != server::kEndOfLeases; bite.clear()) {
        cursor = host.leases(cursor, bite);
        std::ranges::transform(bite, std::back_inserter(addresses), &server::Lease::address);
    }
    std::ranges::sort(addresses);
    addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end()); // one that was leased anew meanwhile
    return [&host, addresses = std::move(addresses), i = std::size_t{0}]() mutable -> std::optional<std::string> {
        while (i < addresses.size())
            if (const auto lease = host.lease(addresses[i++])) return lease_line(*lease); // others are forgotten by now
        return std::nullopt;
    };
}

/// A list holds no more than the addresses of the leases, each line is made when it is taken: as many lists as there may be clients cost
/// little, however slowly they are read.
Lines list(const Controlled& on, const ControlRequest&)
{
    const auto snapshot = on.orders.snapshot();
    if (!snapshot) return one_line(refused(snapshot.error()));
    std::vector<std::string> pools, counts;
    for (const auto& use : on.orders.host().pool_use())
        pools.push_back(pool_line(use));
    for (const auto& [verdict, times] : snapshot->counts)
        counts.push_back(count_line(verdict, times));
    const auto counters = on.orders.host().counters();
    for (const auto& reason : kDropReasons)
        if (const auto times = counters.*reason.count; times > 0) counts.push_back(count_line(reason.name, times));
    return in_turn({lines_of(std::move(pools)), configured_reservations(snapshot->config),
                    ordered_reservations(snapshot->ordered), lines_of(std::move(counts)), leases(on.orders.host()),
                    one_line(done(""))});
}

/// The file that this server could have been started with: what was ordered stands in it as well. A hundred thousand reservations make it
/// as large as the largest that is read; it is made on the thread of the orders, and the serving one knows nothing of it.
Lines config(const Controlled& on, const ControlRequest&)
{
    const auto snapshot = on.orders.snapshot();
    if (!snapshot) return one_line(refused(snapshot.error()));
    std::vector<LeftOut> left_out;
    const auto toml =
        std::make_shared<const std::string>(to_toml(with_reservations(*snapshot->config, snapshot->ordered, left_out)));
    auto parts = [toml, rest = std::string_view{*toml}]() mutable -> std::optional<std::string> {
        if (rest.empty()) return std::nullopt;
        return config_line(rest);
    };
    return in_turn({std::move(parts), one_line(done("", sentences(left_out)))});
}

/// The answer is on its way before the server, and with it the socket, is gone.
Lines stop(const Controlled& on, const ControlRequest&)
{
    return [&host = on.orders.host(), said = false]() mutable -> std::optional<std::string> {
        if (!said) {
            said = true;
            return to_line(done("The server on " + host.interface().name + " stops; its leases are kept."));
        }
        host.stop();
        return std::nullopt;
    };
}

struct Row {
    Order order;
    Lines (*carry_out)(const Controlled&, const ControlRequest&);
};
constexpr std::array kRows{
    Row{Order::status, status},
    Row{Order::list, list},
    Row{Order::release, [](const Controlled& on, const ControlRequest& r) { return answer_of(on.orders.release(r.address)); }},
    Row{Order::erase, [](const Controlled& on, const ControlRequest& r) { return answer_of(on.orders.erase(r.address)); }},
    Row{Order::reserve,
        [](const Controlled& on, const ControlRequest& r) { return answer_of(on.orders.reserve(reservation_of(r))); }},
    Row{Order::unreserve,
        [](const Controlled& on, const ControlRequest& r) { return answer_of(on.orders.unreserve(r.address)); }},
    Row{Order::clear_quarantine,
        [](const Controlled& on, const ControlRequest& r) { return answer_of(on.orders.clear_quarantine(r.address)); }},
    Row{Order::reload, [](const Controlled& on, const ControlRequest& r) { return one_line(on.reload.reload(r.file)); }},
    Row{Order::config, config},
    Row{Order::stop, stop},
};

} // namespace

ControlServer::Answer answer_orders(Controlled controlled)
{
    return [on = std::move(controlled)](std::string_view line) -> Lines {
        const auto request = parse_request(line);
        if (!request) return one_line(refused(request.error()));
        return std::ranges::find(kRows, request->order, &Row::order)->carry_out(on, *request);
    };
}

} // namespace dorascope::host
